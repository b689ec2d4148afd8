/** The reaction of the system to an error: try again, make no further attempt at this message or request, or stop. */
export type ErrorOutcome = 'retry' | 'give-up' | 'stop';

interface ErrorEntry {
  /** What happened. */
  readonly text: string;
  /** What to do next. */
  readonly hint: string;
  readonly outcome: ErrorOutcome;
}

const entry = (outcome: ErrorOutcome, text: string, hint: string): ErrorEntry => ({ outcome, text, hint });

/**
 * All errors for users, grouped by the folder that throws them. A code is stable and never reused; docs/errors.md is generated from this list.
 */
export const errorRegistry = {
  // shared
  INVALID_FUNCTION_TYPE: entry(
    'stop',
    'A function type or egress id is not of the form namespace/name.',
    'Use exactly one slash with text on both sides, such as "shop/cart": at most 1,024 UTF-8 bytes, no blanks, no control characters.',
  ),
  INVALID_ADDRESS_ID: entry(
    'give-up',
    'The id of an address is empty, too long or not a string.',
    'An id is a non-empty string of at most 65,536 UTF-8 bytes; take it from the data of the event.',
  ),
  INVALID_DURATION: entry(
    'stop',
    'A duration cannot be read.',
    'Use milliseconds as a number, or text such as "250ms", "5s", "2m", "1h", "7d".',
  ),
  // functions
  ON_SUBSCRIBE_ASYNC: entry(
    'give-up',
    'A method with @OnSubscribe is asynchronous.',
    'Return the current event from state. Work that takes time belongs in a handler.',
  ),
  FUNCTION_OPTION_INVALID: entry(
    'stop',
    'An option of @StatefunFunction cannot be used.',
    'Correct the option; retry, onFailure and handlerTimeout are described at FunctionOptions.',
  ),
  UNKNOWN_FUNCTION: entry(
    'give-up',
    'A message names a function type that nothing handles.',
    'Check the name in @StatefunFunction, or add the class to the application or one of its modules.',
  ),
  NOT_A_FUNCTION_CLASS: entry(
    'stop',
    'A class given as a function has no @StatefunFunction.',
    'Decorate the class with @StatefunFunction("namespace/name"), or remove it from the list.',
  ),
  FUNCTION_WITHOUT_HANDLERS: entry(
    'stop',
    'A function class has no handler.',
    'Decorate at least one method with @Handles(eventType) or @Handles().',
  ),
  DUPLICATE_HANDLER: entry(
    'stop',
    'A function class has two methods for one event type, or two with @OnSubscribe.',
    'Keep one of the two methods.',
  ),
  DECORATOR_MISPLACED: entry(
    'stop',
    'A decorator has no effect on its member: a static method, a generator, a getter or a field, or a method of a class that is not used in this way.',
    'Put it on an instance method of a class that the decorator is for, or remove it.',
  ),
  DECORATOR_REPEATED: entry(
    'stop',
    'A class has the same decorator twice, or is both a function and a forwarder.',
    'Keep one. One forwarder takes several event types with @Forwarder([First, Second]); a function and a forwarder are two classes.',
  ),
  DUPLICATE_FUNCTION_TYPE: entry(
    'stop',
    'Two classes declare the same function type.',
    'Give each class its own type; stored state is found by it.',
  ),
  UNKNOWN_EGRESS: entry(
    'give-up',
    'A record names an egress that the application does not declare.',
    'Declare the egress in defineApplication, or correct the id.',
  ),
  PARTITION_KEY_INVALID: entry(
    'give-up',
    'The partition key of a record is too long or not a text.',
    'A key is a string of at most 65,536 UTF-8 bytes; leave it out to use the id of the sender.',
  ),
  UNHANDLED_EVENT_TYPE: entry(
    'give-up',
    'A function received an event type that none of its handlers takes.',
    'Add a method with @Handles(type), or @Handles() for everything else.',
  ),
  INVALID_EVENT_DATA: entry(
    'give-up',
    'The data of an event does not match the schema of its event type.',
    'Correct the producer, or the schema of the event type; then redrive the dead letter.',
  ),
  EVENT_SCHEMA_ASYNC: entry(
    'give-up',
    'The schema of an event type returns a promise.',
    'Event schemas are checked synchronously; remove asynchronous refinements.',
  ),
  ATTEMPT_ENDED: entry(
    'give-up',
    'A context or a state cell was used after its attempt ended.',
    'Await everything inside the handler; what runs later cannot change state or send.',
  ),
  VALUE_FROZEN: entry(
    'give-up',
    'A handler changed a value that is frozen.',
    'Events, values returned by cells and values given to them are frozen: copy first ({ ...value }, [...list], structuredClone(value)), change the copy and set it.',
  ),
  FAILURE_NOT_AWAITED: entry(
    'retry',
    'A promise that a handler did not await has rejected, or a callback that outlived the handler threw.',
    'Await it in the handler, or catch its failure there: an attempt that has ended can no longer fail, and its message counts as handled.',
  ),
  FAILURE_WITHOUT_ATTEMPT: entry(
    'stop',
    'A promise was rejected without a handler, or an exception was not caught, and no attempt is known to have caused it.',
    'See the cause and its stack: await the promise, or catch the failure, where it comes from. Nothing committed is lost.',
  ),
  HANDLER_TIMEOUT: entry(
    'retry',
    'A handler did not settle within its time limit.',
    'Find out why the handler waits, or raise handlerTimeout in the options of @StatefunFunction.',
  ),
  NO_CALLER: entry(
    'give-up',
    'reply() was called for a message that has no caller.',
    'Messages from an ingress have no caller; check context.caller first.',
  ),
  DELAYED_TOKEN_IN_USE: entry(
    'give-up',
    'A delayed message uses a cancellation token that is still pending at this address.',
    'Cancel the pending one first, or choose another token.',
  ),
  MESSAGE_TOO_LARGE: entry(
    'give-up',
    'The payload of an event is larger than the limit.',
    'Keep large data outside and send a reference to it.',
  ),
  TOO_MANY_EFFECTS: entry(
    'give-up',
    'One handler sent more messages, or more bytes, than the limit, or than the heap has room for.',
    'Send in several steps: the function can send a message to its own address and continue when it arrives.',
  ),
  // envelope
  RECORD_EMPTY: entry(
    'give-up',
    'A record has no bytes.',
    'Find the producer that writes empty records; a CloudEvent in JSON is expected.',
  ),
  RECORD_NOT_UTF8: entry(
    'give-up',
    'A record is not UTF-8 text.',
    'Write CloudEvents JSON as UTF-8; for other bytes give the ingress a format function.',
  ),
  RECORD_AGGREGATED: entry(
    'give-up',
    'A record of a stream is an aggregate of the Kinesis Producer Library.',
    'Switch aggregation off in the producer (AggregationEnabled = false), or let a consumer that takes aggregates apart write the records to a stream of their own.',
  ),
  RECORD_COMPRESSED: entry(
    'give-up',
    'A record is compressed.',
    'Write records uncompressed, or give the ingress a format function that decompresses them.',
  ),
  RECORD_NOT_JSON: entry(
    'give-up',
    'A record is not JSON.',
    'Write one CloudEvent in JSON a record; for other records give the ingress a format function.',
  ),
  RECORD_NOT_OBJECT: entry(
    'give-up',
    'A record is JSON but not an object.',
    'Write one CloudEvent a record, not a list of them or a bare value.',
  ),
  INVALID_CLOUD_EVENT: entry(
    'give-up',
    'An event breaks the rules of CloudEvents 1.0.',
    'Correct the attribute in the producer; id, source, type and specversion "1.0" are required.',
  ),
  EVENT_NOT_SERIALIZABLE: entry(
    'give-up',
    'An event holds a value that JSON would change or lose.',
    'Use plain objects, arrays, strings, finite numbers, booleans and null; dates as ISO text, bigint as text.',
  ),
  ENVELOPE_UNREADABLE: entry(
    'give-up',
    'Bytes are not a Protobuf envelope.',
    'Check the format of the ingress: "cloudevent" for JSON, "envelope" for Protobuf.',
  ),
  // forwarders
  FORWARDER_FAILED: entry(
    'give-up',
    'A forwarder threw, so none of the messages of the event is sent.',
    'See the cause; correct the forwarder or the producer, then redrive the dead letter.',
  ),
  FORWARDER_ASYNC: entry(
    'give-up',
    'A forwarder returned a promise.',
    'accept and forward are synchronous: decide by the event alone. Work that waits belongs in functions.',
  ),
  FORWARDER_ENDED: entry(
    'give-up',
    'A forwarder used its downstream after forward had returned.',
    'Forward everything before forward returns.',
  ),
  TOO_MANY_FORWARDS: entry(
    'give-up',
    'The forwarders sent more messages, or more bytes, for one event than the limit.',
    'Forward to one function that sends on in several steps, or split the event where it is produced.',
  ),
  FORWARDER_WITHOUT_ACCEPT: entry(
    'stop',
    'A forwarder has neither an event type nor a method accept.',
    'Name the event type in @Forwarder, or add accept(event).',
  ),
  DUPLICATE_FORWARDER: entry(
    'stop',
    'Two forwarders have the same name, which message ids are made of.',
    'Rename one of the classes, or give it a name: @Forwarder(type, { name }), forwardTo(target, type, idOf, { name }).',
  ),
  // state
  STATE_NOT_BOUND: entry(
    'stop',
    'A persisted value, table or list was used before it was bound to an address.',
    'Use it in handlers, not in the constructor or in field initialisers, and mark its field with @Persisted().',
  ),
  STATE_NOT_SERIALIZABLE: entry(
    'give-up',
    'A value given to a cell, or a part of it, would be lost when it is written.',
    'Convert it first (a Date to text, a Map to an object), or give the cell another type.',
  ),
  STATE_UNREADABLE: entry(
    'give-up',
    'A stored value cannot be read as the cell declares it.',
    'Give the cell the kind and type it was written with, or store under a new name.',
  ),
  STATE_TABLE_FULL: entry(
    'give-up',
    'A persisted table has reached its limit of entries.',
    'Remove entries, or spread them over more addresses.',
  ),
  STATE_TOO_LARGE: entry(
    'give-up',
    'The state of one address would become larger than its limit.',
    'Keep less, keep large data outside and store a reference, or spread it over more addresses.',
  ),
  STATE_KEY_INVALID: entry(
    'give-up',
    'The key of a table entry is not a string, or too long.',
    'A key is a string of at most 65,536 UTF-8 bytes, six for each lone surrogate; convert numbers with String().',
  ),
  STATE_NAME_CLASH: entry(
    'stop',
    'Two cells of one function are kept under the same name.',
    'Give one of them another name: of({ name }).',
  ),
  STATE_NAME_INVALID: entry(
    'stop',
    'The name of a cell cannot be used.',
    'Use a letter or _, then at most 127 letters, digits, _, $ or -.',
  ),
  STATE_OPTION_UNSUPPORTED: entry('stop', 'A cell uses an option that is not supported yet.', 'Remove the option.'),
  STATE_CELL_MISSING: entry(
    'stop',
    'A field marked with @Persisted() holds no persisted value, table or list.',
    'Initialise the field where it is declared, such as = PersistedValue.of<number>(); static fields cannot be persisted.',
  ),
  STATE_CELL_UNDECLARED: entry(
    'stop',
    'A field holds a persisted value, table or list but is not marked.',
    'Put @Persisted() in front of the field.',
  ),
  STATE_CELL_SHARED: entry(
    'stop',
    'One persisted value, table or list is held by two fields or two instances.',
    'Create it in the initialiser of the field, not outside the class.',
  ),
  // connectors
  INGRESS_POSITION_LOST: entry(
    'stop',
    'The committed position of an ingress is no longer in its source: the source was shortened or replaced, or its retention is too short.',
    'Restore the source, or give the ingress another name: it then starts from its start position, and the records in between are lost.',
  ),
  INGRESS_STOPPED: entry(
    'stop',
    'A memory ingress stopped before it delivered all its records.',
    'Wait for put() before stopping the application, or put the remaining records in the next run.',
  ),
  INGRESS_FILE_MISSING: entry(
    'stop',
    'The file of a file ingress cannot be opened.',
    'Check the path (relative paths start at the working directory) and the permissions; a followed file must exist too.',
  ),
  INGRESS_FILE_FAILED: entry(
    'stop',
    'A file ingress could not continue reading.',
    'See the cause; the committed position is kept, so a restart continues there.',
  ),
  FILE_NOT_REGULAR: entry(
    'stop',
    'A file ingress or a file egress is given a folder, a pipe, a socket or a device.',
    'Give the path of a regular file. To read from a pipe write it to a file and follow that; to write to a pipe or a terminal use stdoutEgress.',
  ),
  INGRESS_LINE_TOO_LONG: entry(
    'give-up',
    'A line of a file ingress is longer than the limit; its beginning becomes a dead letter.',
    'Correct the producer, or raise lineBytesMax.',
  ),
  EGRESS_FILE_FAILED: entry(
    'retry',
    'A file egress could not write, or could not make what it wrote durable.',
    'See the cause: free space, or correct the path and permissions. After a failed fsync the application must be started again.',
  ),
  EGRESS_OUTPUT_CLOSED: entry(
    'retry',
    'The output of a stream egress is closed.',
    'The reader of the output has ended, and the records wait. Start the application again with an output that is read to its end.',
  ),
  KINESIS_CLIENT_MISSING: entry(
    'stop',
    'The AWS SDK is not installed.',
    'Run: npm install @aws-sdk/client-kinesis @smithy/node-http-handler',
  ),
  KINESIS_STREAM_UNNAMED: entry(
    'stop',
    'A Kinesis ingress or egress names no stream.',
    'Give the option `stream`, or set the environment variable.',
  ),
  KINESIS_REGION_MISSING: entry('stop', 'No AWS region is configured.', 'Set AWS_REGION, or give client: { region }.'),
  KINESIS_STREAM_MISSING: entry(
    'stop',
    'The Kinesis stream does not exist.',
    'Check the name, the region, the endpoint and the account; create the stream first.',
  ),
  KINESIS_UNREACHABLE: entry('stop', 'Kinesis did not respond at start.', 'Check the endpoint, the region and the network; see the cause.'),
  KINESIS_CREDENTIALS_MISSING: entry(
    'stop',
    'No AWS credentials are configured.',
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE (then aws sso login), or give client: { credentials }; an endpoint on this machine needs none.',
  ),
  KINESIS_CREDENTIALS_REFUSED: entry(
    'stop',
    'AWS does not accept the credentials: unknown, expired, or of another account or region.',
    'Renew them (aws sso login, or new keys), check AWS_REGION and the clock of the machine; aws sts get-caller-identity shows who you are.',
  ),
  KINESIS_START_INVALID: entry(
    'stop',
    'The start position of a Kinesis ingress cannot be read.',
    "Use 'TRIM_HORIZON', 'LATEST', or { at } with a Date or an ISO 8601 time that is not in the future.",
  ),
  KINESIS_OPTION_INVALID: entry('stop', 'An option of a Kinesis ingress or egress is out of its range.', 'Correct the option.'),
  KINESIS_READ_FAILED: entry(
    'stop',
    'Kinesis refuses read requests.',
    'See the cause: most often missing permissions (kinesis:DescribeStreamSummary, ListShards, GetShardIterator, GetRecords) or a disabled KMS key.',
  ),
  KINESIS_WRITE_FAILED: entry(
    'retry',
    'A PutRecords call failed; Kinesis may or may not have its records.',
    'See the cause; the records are sent again with back-off.',
  ),
  KINESIS_RECORD_TOO_LARGE: entry(
    'give-up',
    'An egress record is larger than the limit of the stream.',
    'Send a reference to the data, or raise the limit of the stream (UpdateMaxRecordSize) and recordBytesMax.',
  ),
  KINESIS_RECORD_REFUSED: entry(
    'give-up',
    'Kinesis refuses an egress record.',
    'See the cause; correct what produces the record, then redrive the dead letter.',
  ),
  EMBEDDED_KINESIS_MISSING: entry('stop', 'The embedded Kinesis is not installed.', 'Run: npm install --save-dev kinesis-local'),
  EMBEDDED_KINESIS_FAILED: entry(
    'stop',
    'The embedded Kinesis did not start.',
    'See the cause and its output; a process of this machine may hold its ports.',
  ),
  // application
  APPLICATION_INVALID: entry(
    'stop',
    'An application has mistakes; all of them are listed.',
    'Correct each one; every mistake has its own hint.',
  ),
  NOT_AN_APPLICATION: entry(
    'stop',
    'A value given as an application was not made by defineApplication.',
    'Pass the result of defineApplication.',
  ),
  NOT_A_MODULE: entry('stop', 'A value in modules was not made by defineModule.', 'Pass the result of defineModule.'),
  APPLICATION_WITHOUT_FUNCTIONS: entry(
    'stop',
    'An application has no function.',
    'List the classes under functions, or name their folder under scan, in the application or one of its modules.',
  ),
  INGRESS_INVALID: entry(
    'stop',
    'A value given as an ingress is not one.',
    'Pass the result of an ingress function such as fileIngress, or an object with id, description, start and stop.',
  ),
  EGRESS_INVALID: entry(
    'stop',
    'A value given as an egress is not one.',
    'Pass the result of an egress function such as fileEgress, or an object with id, description, start, send and stop.',
  ),
  DUPLICATE_INGRESS_NAME: entry('stop', 'Two ingresses have the same id.', 'Give each a unique id: positions are stored under it.'),
  DUPLICATE_EGRESS_ID: entry('stop', 'Two egresses have the same id.', 'Give each a unique id: functions use it in context.egress.'),
  EVENT_TYPE_CONFLICT: entry(
    'stop',
    'Two event types of one application have the same type and different schemas.',
    'Keep one eventType(…) in a separate file and import it where events of the type are handled or forwarded.',
  ),
  NOT_A_FORWARDER_CLASS: entry(
    'stop',
    'A class given as a forwarder has no @Forwarder.',
    'Decorate the class with @Forwarder(eventType), use the result of forwardTo, or remove it from the list.',
  ),
  FORWARDER_WITHOUT_FORWARD: entry('stop', 'A forwarder has no method forward.', 'Add forward(event, downstream).'),
  PROVIDER_INVALID: entry(
    'stop',
    'A provider cannot be used.',
    'A provider is a class, or { provide: token } with exactly one of useClass, useValue and useFactory.',
  ),
  PROVIDER_DUPLICATE: entry(
    'stop',
    'Two providers provide the same token.',
    'Keep one, distinguish them with named, or declare the one to use in the application itself: it takes precedence over those of modules.',
  ),
  PROVIDER_MISSING: entry(
    'stop',
    'A class depends on a token that no provider provides.',
    'Add a provider for it to the application or one of its modules, or mark the parameter with @optional().',
  ),
  PROVIDER_CIRCULAR: entry('stop', 'Providers need each other in a circle.', 'Move their common part into a third class.'),
  PROVIDER_FAILED: entry('stop', 'A constructor or factory threw.', 'See the cause.'),
  METADATA_MISSING: entry(
    'stop',
    'The types of constructor parameters are not known at run time.',
    'Set experimentalDecorators and emitDecoratorMetadata in tsconfig.json and build with tsc or SWC (tsx and esbuild emit no types), or name the tokens with @inject(token) or static inject = [token, …].',
  ),
  SCAN_FOLDER_MISSING: entry(
    'stop',
    'A folder to scan does not exist.',
    "Give new URL('./functions/', import.meta.url), and check that the build writes the folder.",
  ),
  SCAN_IMPORT_FAILED: entry(
    'stop',
    'A file of a scanned folder could not be imported.',
    'See the cause; a file that must not be imported belongs in another folder.',
  ),
  APPLICATION_ENTRY_MISSING: entry(
    'stop',
    'No application was found at the given path.',
    'Run npm run build, and check the path and main in package.json.',
  ),
  APPLICATION_ENTRY_TYPESCRIPT: entry(
    'stop',
    'The application is given as a TypeScript file.',
    'Run npm run build, then give the built .js file, or the folder whose package.json names it as main.',
  ),
  APPLICATION_ENTRY_INVALID: entry(
    'stop',
    'A module exports no application, or more than one.',
    'Write export default defineApplication({ … }).',
  ),
  APPLICATION_ENTRY_FAILED: entry('stop', 'The module of the application could not be imported.', 'See the cause.'),
  DECORATORS_STANDARD: entry(
    'stop',
    'Decorators were compiled as standard decorators, which record neither parameters nor types.',
    'Set "experimentalDecorators": true and "emitDecoratorMetadata": true in the tsconfig.json that the build uses (for SWC: legacyDecorator and decoratorMetadata), then build again.',
  ),
  NODE_TOO_OLD: entry(
    'stop',
    'The version of Node is older than the framework supports.',
    'Install Node 20.19 or later (nvm install --lts, or https://nodejs.org), then start again.',
  ),
  BUILD_STALE: entry(
    'stop',
    'A source of the application is newer than its build. This is a warning: the application starts as it was built.',
    'Run npm run build; statefun dev builds and restarts after every change.',
  ),
  BUILD_SCRIPT_MISSING: entry(
    'stop',
    'statefun dev was given a folder whose package.json has no script "build".',
    'Give the folder of the project, and add "build": "tsc" to the scripts of its package.json.',
  ),
  NOT_BUILT: entry(
    'stop',
    'The command was started in a clone of the framework that is not built.',
    'In the clone: npm ci && npm run build.',
  ),
  // injection
  LIFECYCLE_FAILED: entry('stop', 'A method with @PostConstruct or @PreDestroy failed.', 'See the cause.'),
  LIFECYCLE_TIMEOUT: entry(
    'stop',
    'A method with @PostConstruct or @PreDestroy did not settle in time.',
    'Find out why it waits, and set a timeout there. To allow more time, raise postConstructDeadline of the lifecycle options, or stopDeadline.',
  ),
  LIFECYCLE_ASYNC: entry(
    'stop',
    'A @PostConstruct is async though its instances are made while messages are handled.',
    'Do the asynchronous part in the @PostConstruct of a singleton provider, and inject that.',
  ),
  LIFECYCLE_NOT_CALLED: entry(
    'stop',
    'A decorated method would never be called: instances of its class are created and dropped while the application runs.',
    'Move it to a singleton provider, or to a forwarder.',
  ),
  PROVIDER_SCOPE_MISMATCH: entry(
    'stop',
    'A part of the whole application depends on a provider that belongs to one address.',
    'Make the provider a singleton, or inject it into the function.',
  ),
  PROVIDER_NOT_EXPORTED: entry(
    'stop',
    'A class depends on a token that another module does not export.',
    'Add the token to exports of that module, and the module to modules of the module of the class.',
  ),
  MODULE_CIRCULAR: entry('stop', 'Modules import each other in a circle.', 'Move their common part into a third module.'),
  MODULE_EXPORT_UNKNOWN: entry(
    'stop',
    'A module exports a token that neither the module nor its modules provide.',
    'Add a provider for it to the module, or remove it from exports.',
  ),
  CONDITION_INVALID: entry(
    'stop',
    'A condition cannot be used.',
    'A condition has property (and equals), profile or missing, or several of them.',
  ),
  APPLICATION_EVENT_UNKNOWN: entry(
    'stop',
    'A listener was added for an event that the application does not have.',
    'Use started, stopping, stopped or failed.',
  ),
  // testing
  FIXTURE_INVALID: entry(
    'give-up',
    'A line of a fixture cannot be read.',
    'Write one CloudEvent or control line in JSON a line; see docs/testing.md.',
  ),
  FIXTURE_UNREADABLE: entry(
    'give-up',
    'The file of a fixture cannot be read.',
    'Check the path (relative paths start at the working directory) and the permissions.',
  ),
  EXPECTATION_FAILED: entry(
    'give-up',
    'An expectation of a fixture was not met.',
    'Compare both sides; correct the function, or the expectation at the line.',
  ),
  FIXTURE_EVENT_FAILED: entry(
    'give-up',
    'An event of a fixture could not be handled by the function under test.',
    'See the cause; for a test about failures set retries: true and look at failure and deadLetters.',
  ),
  TEST_STATE_INVALID: entry(
    'give-up',
    'The state given to a test does not fit the cells of the function.',
    'Use the cell names of the function: values as they are, tables as objects, lists as arrays.',
  ),
  TEST_NEVER_QUIET: entry(
    'give-up',
    'A function under test does not come to rest.',
    'Look for a handler that always sends to its own address, or does so with a delay of 0.',
  ),
  // storage
  STATE_FOLDER_LOCKED: entry(
    'stop',
    'The state folder is in use by another engine that is alive.',
    'Stop the other engine, or give this one its own state folder.',
  ),
  STATE_FOLDER_CHANGED: entry(
    'stop',
    'Another process wrote to the state folder, or opened it, while this engine used it; this engine has written nothing since.',
    'Find out what else uses the folder, and let one engine use it; never remove its lock folder or restore a copy while an engine runs. Then start again.',
  ),
  STATE_FOLDER_NOT_OURS: entry(
    'stop',
    'The folder given for state holds other files.',
    'Name an empty folder, one that does not exist yet, or one that an engine has used before.',
  ),
  STATE_FOLDER_UNUSABLE: entry(
    'stop',
    'The state folder cannot be created, read or written.',
    'See the cause: the path must be a folder that this user may write, on a local disk with free space.',
  ),
  STORE_CORRUPT: entry(
    'stop',
    'The content of a file in the state folder is damaged.',
    'Copy the whole folder for examination, then restore a copy from before the damage, or start with an empty folder. Never edit or remove single files: that loses commits silently.',
  ),
  STORE_FORMAT_NEWER: entry(
    'stop',
    'A later version of the framework has written the state folder.',
    'Run the version that wrote it, or a later one.',
  ),
  STORE_WRITE_FAILED: entry(
    'stop',
    'A commit could not be written or synced.',
    'See the cause; correct the problem of the disk, then start again. Earlier commits are safe.',
  ),
  STORE_READ_FAILED: entry(
    'stop',
    'A file of the state folder could not be read.',
    'See the cause; check the disk and the permissions of the folder, then start again.',
  ),
  STORE_CLOSED: entry('stop', 'The store was used after it was closed.', 'Close the store last, after everything that uses it has ended.'),
  STORE_NAME_INVALID: entry(
    'give-up',
    'The name of a collection or key is too long, or contains a lone surrogate.',
    'Ids have at most 64 KiB and must be well-formed text; take them from data that was checked.',
  ),
  VALUE_TOO_LARGE: entry(
    'give-up',
    'A value is larger than the limit of a store entry.',
    'Keep at most 16 MiB of state in one value; use a table or more addresses.',
  ),
  COMMIT_TOO_LARGE: entry('stop', 'The changes of one commit are larger than the limit of a frame.', 'Lower the budget of a commit.'),
  STORE_SEGMENTS_EXHAUSTED: entry(
    'stop',
    'The log store has reached its limit of segments.',
    'Use larger segments (see the setting for their size), or keep less state on this machine.',
  ),
  // checkpoints
  CHECKPOINT_TARGET_INVALID: entry(
    'stop',
    'The place for checkpoints is not one that the framework knows.',
    'Write file:/path/to/a/folder or s3://bucket/prefix.',
  ),
  CHECKPOINT_CLIENT_MISSING: entry(
    'stop',
    'Checkpoints in S3 need a package that is not installed.',
    'Add it to the application: npm install @aws-sdk/client-s3.',
  ),
  CHECKPOINT_STORAGE_ABSENT: entry(
    'stop',
    'The bucket, or the parent of the folder, for checkpoints does not exist.',
    'Create it, or correct checkpoints.to. A folder on another disk has to be mounted first.',
  ),
  CHECKPOINT_STORAGE_DENIED: entry(
    'stop',
    'The storage of checkpoints refuses access.',
    'Allow this user to list the prefix and to read, write and delete objects in it; check the credentials, and the key if the bucket is encrypted.',
  ),
  CHECKPOINT_STORAGE_FAILED: entry(
    'retry',
    'The storage of checkpoints does not answer, or not as it should.',
    'See the cause; the request was tried several times. Check network, endpoint and region.',
  ),
  CHECKPOINT_OBJECT_MISSING: entry(
    'stop',
    'An object that a checkpoint names does not exist.',
    'List the checkpoints and restore an earlier one: statefun checkpoint list, then restore --checkpoint <id>. Find out what else deletes objects, such as a lifecycle rule.',
  ),
  CHECKPOINT_OBJECT_CORRUPT: entry(
    'stop',
    'An object of a checkpoint is not what was written.',
    'Restore an earlier checkpoint: statefun checkpoint list, then restore --checkpoint <id>. Nothing was written to the state folder.',
  ),
  CHECKPOINT_FORMAT_NEWER: entry(
    'stop',
    'A later version of the framework has written the checkpoint.',
    'Run the version that wrote it, or a later one.',
  ),
  CHECKPOINT_NOT_OURS: entry(
    'stop',
    'The prefix holds the checkpoints of another application.',
    'Give every application a prefix of its own with checkpoints.to. If the application was renamed, set application.name to its earlier name.',
  ),
  CHECKPOINT_ABSENT: entry('give-up', 'There is no such checkpoint.', 'List those that there are: statefun checkpoint list.'),
  CHECKPOINT_FOLDER_IN_USE: entry(
    'stop',
    'The folder for a restored checkpoint holds state already.',
    'Name an empty folder, or move the state away first. Nothing was changed.',
  ),
  STATE_BEHIND_CHECKPOINT: entry(
    'stop',
    'The state folder is older than the newest checkpoint of its application, or belongs to another history.',
    'Move the state folder away and start again: the newest checkpoint is then restored. To continue the older state none the less, give the application another prefix for its checkpoints.',
  ),
  LEASE_HELD: entry(
    'stop',
    'Another engine works for this application: it renews its lease on the checkpoints.',
    'Stop the other engine first, or give this one its own state folder and prefix.',
  ),
  LEASE_LOST: entry(
    'stop',
    'Another engine has taken over, since this one could not renew its lease in time; this one has committed and sent nothing since.',
    'Find out why: a stopped process, a network that was cut off, a machine without time. Start it again only if the other engine has stopped; its state folder is behind by then.',
  ),
  // engine
  MESSAGE_UNKNOWN: entry(
    'give-up',
    'The requested pending or delayed message does not exist.',
    'List the messages; it may have been handled in the meantime. To end functions that message each other, name their types: --type.',
  ),
  DEAD_LETTER_UNKNOWN: entry(
    'give-up',
    'The requested dead letter does not exist.',
    'List the dead letters; it may have been redriven, dropped or expired.',
  ),
  ENGINE_STOPPED: entry('stop', 'A request was made to an engine that has stopped or is stopping.', 'Start the application again.'),
  NO_FORWARDER: entry(
    'give-up',
    'No forwarder accepts an event.',
    'Write a forwarder for the event type, or set unmatchedEvents to "count" if such events are expected.',
  ),
  TOO_MANY_MESSAGES: entry(
    'retry',
    'A handler sent a message while the messages sent by functions already use all the memory they are allowed.',
    'Look for functions whose messages lead to ever more messages, and for an egress that accepts nothing. If so many messages are intended, raise engine.sent-messages-max and the heap (--max-old-space-size).',
  ),
  MESSAGES_WITHOUT_END: entry(
    'stop',
    'Functions message each other endlessly: every message leads to another one.',
    'Look for a handler that always sends or replies. `statefun state messages list` shows the messages, `statefun state messages drop` ends them.',
  ),
  STOP_DEADLINE_PASSED: entry(
    'stop',
    'The engine stopped before all work had ended.',
    'Nothing is lost: the next start continues the unfinished work. Raise stopDeadline if this happens often.',
  ),
  STATE_READ_FAILED: entry(
    'stop',
    'The state of an address cannot be read from the store.',
    'See the cause; the engine stops so that nothing is handled without its state.',
  ),
  // cli/create
  CREATE_FOLDER_NOT_EMPTY: entry(
    'stop',
    'The folder for a new project is not empty.',
    'Give an empty folder, or one that does not exist yet: existing files are never overwritten.',
  ),
  CREATE_FOLDER_UNUSABLE: entry(
    'stop',
    'The folder for a new project cannot be created or read.',
    'See the cause: a part of its path is a file, or is not writable.',
  ),
  CREATE_NAME_INVALID: entry('stop', 'The name of a new project is not a valid package name for npm.', 'Give another one with --name.'),
  CREATE_PACKAGE_MISSING: entry(
    'stop',
    'The path given with --statefun does not exist.',
    'Give a version, or the path of a packed tarball or of a folder with the package.',
  ),
  // configuration
  CONFIGURATION_KEY_UNKNOWN: entry(
    'stop',
    'A source of settings has an unknown key.',
    'docs/configuration.md lists the settings; list your own under `configuration` of the application or of a module.',
  ),
  CONFIGURATION_VALUE_INVALID: entry(
    'stop',
    'The value of a setting is invalid.',
    'Correct the value in the source that the text names; docs/configuration.md lists the possible values.',
  ),
  CONFIGURATION_FILE_INVALID: entry(
    'stop',
    'A file of settings cannot be read, or is not YAML.',
    'Correct the file at the line and column that the text names.',
  ),
  CONFIGURATION_PROFILE_UNKNOWN: entry(
    'stop',
    'A requested profile has no file, and nothing else mentions it.',
    'Correct STATEFUN_PROFILE or --profile, or add application-<profile>.yaml.',
  ),
  CONFIGURATION_REFERENCE_MISSING: entry(
    'stop',
    'A setting refers to an environment variable or a file that does not exist.',
    'Set the variable, or create the file.',
  ),
  CONFIGURATION_SECTION_INVALID: entry(
    'stop',
    'A configuration of the application is declared incorrectly.',
    'Declare it once, as configuration(name, schema), with a unique name and a synchronous schema.',
  ),
  CONFIGURATION_NOT_SUPPORTED: entry(
    'stop',
    'A setting is not supported yet. This is a warning: the application starts without it.',
    'Remove the setting, or set it to false.',
  ),
  // application/health
  HEALTH_INDICATOR_INVALID: entry(
    'stop',
    'A value listed under health is not a health indicator, or has the same name as another one.',
    'List classes that implement HealthIndicator: a unique name, and check().',
  ),
  // state-tools
  STATE_FOLDER_ABSENT: entry(
    'stop',
    'The folder given to a state tool holds no state.',
    'Name the folder with --state-folder; the application logs the folder when it starts, and creates it at its first start.',
  ),
  APPLICATION_NOT_RUNNING: entry(
    'give-up',
    'An event was sent to an application that is not running.',
    'Start it, or name the folder of another application with --state-folder.',
  ),
  EVENT_TOO_LARGE: entry(
    'give-up',
    'An event sent to a running application is larger than the limit of its socket, 1 MiB.',
    'Send it through an ingress: a stream or a file.',
  ),
  INVALID_TIME: entry(
    'give-up',
    'The time given to a command cannot be read.',
    'Write a time as 2026-11-28T04:00:00Z or 2026-11-28, or as an age: 30m, 2h, 7d.',
  ),
  REQUEST_FAILED: entry(
    'retry',
    'A running application sent no response to a request, or an unusable one.',
    'Check whether it is busy or stopping, and whether the change was made in spite of this.',
  ),
  REQUEST_INVALID: entry(
    'give-up',
    'A running application cannot do what a request asks for.',
    'Use a statefun command of the same version as the application.',
  ),
  STATE_FOLDER_UNDECIDED: entry(
    'stop',
    'A tool was given no state folder, and the default place does not hold exactly one.',
    'Name one with --state-folder, or set STATEFUN_STATE_FOLDER.',
  ),
  // request-reply/calling, request-reply/module-file
  REMOTE_ENDPOINT_INVALID: entry(
    'stop',
    'Remote functions are declared incorrectly.',
    'Correct the option; they are described at RemoteFunctionsOptions and in docs/remote-functions.md.',
  ),
  MODULE_FILE_INVALID: entry(
    'stop',
    'A module.yaml cannot be used.',
    'Correct the line; docs/remote-functions.md lists the kinds and keys that are read.',
  ),
  MODULE_KEY_UNKNOWN: entry(
    'stop',
    'A module.yaml has an unknown key. This is a warning: the application starts without it.',
    'Correct the name, or move the key to where it belongs: Flink ignores such keys silently.',
  ),
  MODULE_KEY_WITHOUT_EFFECT: entry(
    'stop',
    'A key of a module.yaml has no effect here, or another one than on Flink. This is a warning: the application starts.',
    'Remove the key, or follow the warning.',
  ),
  EGRESS_RECORD_REFUSED: entry(
    'give-up',
    'The egress does not accept the record that a function sent to it.',
    'Create the record with the helpers of the SDK for this egress, and check that the egress has the topic or stream.',
  ),
  PLAYGROUND_PORT_UNUSABLE: entry(
    'stop',
    'The host and port of a playground ingress or egress cannot be listened on.',
    'Choose another port or engine.host in module.yaml, or stop what uses the port.',
  ),
  REMOTE_UNAVAILABLE: entry(
    'retry',
    'An endpoint of remote functions cannot be reached, or asked to be called later.',
    'Check that the server runs, and that url or urlPathTemplate leads to it. Messages wait for it, unless whenUnavailable says otherwise.',
  ),
  REMOTE_CALL_FAILED: entry(
    'retry',
    'A call of remote functions ended with a status other than 2xx, or its connection broke.',
    'See the log of the endpoint; the call is repeated until its budget is used up, then onFailure decides.',
  ),
  REMOTE_CALL_REFUSED: entry(
    'give-up',
    'A call of remote functions ended with a status that a repeated call would not change.',
    'See the log of the endpoint, and check that url or urlPathTemplate leads to the handler of StateFun requests.',
  ),
  REMOTE_CALL_TIMEOUT: entry(
    'retry',
    'A remote function sent no response within the budget of its call.',
    'Find out why it waits. To allow more time, raise callBudget, or transport.call in module.yaml.',
  ),
  REMOTE_ANSWER_UNREADABLE: entry(
    'retry',
    'The response of an endpoint is not that of a StateFun function: content type, encoding, size or bytes are wrong.',
    'Check the server at the URL: a StateFun 3.x handler returns application/octet-stream of at most 32 MiB.',
  ),
  REMOTE_ANSWER_INVALID: entry(
    'give-up',
    'The response of a remote function contains an invalid effect.',
    'Correct the function: ids and types of addresses, delays and cancellation tokens must be valid for its SDK.',
  ),
  REMOTE_DISCOVERY_ENDLESS: entry(
    'give-up',
    'A remote function keeps asking for states instead of handling its messages.',
    'Correct the declaration of its states: each once, by name and type.',
  ),
  REMOTE_STATE_UNREGISTERED: entry(
    'give-up',
    'A remote function changes a state that it has not declared.',
    'Declare the state where the function is bound, or correct its name.',
  ),
  REMOTE_STATE_TYPE_CHANGED: entry(
    'give-up',
    'A remote function uses a state with another type than it was first declared with.',
    'Give the state its former type, or declare it under a new name and move the values in the function.',
  ),
  // request-reply/protocol, request-reply/serving
  PROTOCOL_MESSAGE_UNREADABLE: entry(
    'give-up',
    "Bytes are not a message of StateFun's request-reply protocol.",
    'Functions are called by Flink StateFun 3.x, or by an engine that speaks its protocol; check the sender of the bytes, and whether all of them arrived.',
  ),
  PROTOCOL_MESSAGE_TOO_LARGE: entry(
    'give-up',
    "A message of StateFun's request-reply protocol is larger than 32 MiB.",
    'Lower maxNumBatchRequests of the endpoint, send less in one invocation, or spread the state over more addresses.',
  ),
  TYPENAME_INVALID: entry(
    'stop',
    'The typename of a type is not of the form namespace/name.',
    'Use exactly one slash with text on both sides, such as "shop/add-to-cart".',
  ),
  VALUE_TYPE_MISMATCH: entry(
    'give-up',
    'A value is of another type than the one it is read as.',
    'Check message.is(type) first, or correct the type; typenames are compared letter by letter, and numbers of different types are not converted.',
  ),
  VALUE_MISSING: entry(
    'give-up',
    'A value was read that has only a type.',
    'Check message.hasValue first; the sender has to set has_value, also for values of zero bytes.',
  ),
  VALUE_UNREADABLE: entry(
    'give-up',
    'Bytes cannot be read as their declared type.',
    'See the cause; the sender encodes the type in another way.',
  ),
  EGRESS_RECORD_INVALID: entry(
    'give-up',
    'A record for Kafka, Kinesis or the playground cannot be created.',
    'Give a topic or a stream with a partition key, and a value of bytes, text or typed(type, value).',
  ),
  STATE_DECLARATION_INVALID: entry(
    'stop',
    'A state is declared incorrectly.',
    'Declare a type such as int32Type(), or { type, name, expire }, with a unique name and at most one expiration.',
  ),
  STATE_UNDECLARED: entry(
    'give-up',
    'A handler uses a state that its function does not declare.',
    'Declare it in the option `state` of bind.',
  ),
  STATE_TYPE_CHANGED: entry(
    'retry',
    'A runtime keeps a state under another type than the function declares.',
    'Declare the type that is stored, or keep the new one under another name: a runtime never changes the type of a state.',
  ),
  FUNCTION_NOT_CALLABLE: entry(
    'stop',
    'A value bound or registered as a function cannot be called.',
    'Bind a function of (context, message), or register an object with a method invoke(context, message).',
  ),
  VALUE_WITHOUT_TYPE: entry(
    'give-up',
    'A value was sent without a type, and its type is ambiguous.',
    'Send typed(type, value). Only text, booleans, bigints and whole numbers of 32 bits have exactly one type.',
  ),
  DELAY_TOKEN_INVALID: entry(
    'give-up',
    'The cancellation token of a delayed message is empty, too long or not a text.',
    'Leave it out, or give it a name of at most 65,536 UTF-8 bytes.',
  ),
  FUNCTION_FAILED: entry(
    'retry',
    'A served function failed. None of its effects are applied, and the runtime sends the batch again.',
    'See the cause. A message that always fails blocks its address, and in the end the Flink job: give the function an onFailure.',
  ),
  SERVER_OPTION_INVALID: entry(
    'stop',
    'An option of the function server cannot be used.',
    'Correct the option; see FunctionServerOptions.',
  ),
  SERVER_NOT_LISTENING: entry(
    'stop',
    'The function server cannot listen.',
    'Choose another port (0 takes any that is free) or host, and check the certificates if it serves HTTPS.',
  ),
  LAMBDA_EVENT_UNKNOWN: entry(
    'give-up',
    'A Lambda function that serves StateFun was invoked with an event that is not an HTTP request.',
    'Invoke it through an API Gateway, a Function URL or an Application Load Balancer.',
  ),
  FLINK_UNSUPPORTED: entry(
    'stop',
    'An application uses something that does not exist on Flink StateFun.',
    'Change the listed parts; docs/flink.md describes the differences.',
  ),
  // testing/cluster
  TEST_CLUSTER_JOB_FAILED: entry(
    'give-up',
    'A function sent the test cluster a response that makes the job of a real cluster fail.',
    'Correct the function; a real cluster would send the same messages again after a restart, and fail again.',
  ),
  TEST_INGRESS_LATE: entry(
    'stop',
    'An ingress under test did not deliver the expected records.',
    'Check the records received so far; the ingress may wait for an outside system, or for the clock of the test.',
  ),
  // simulation
  SIMULATION_FAILED: entry(
    'give-up',
    'A simulated run broke a promise of the application or of the framework.',
    'Follow the steps of the run; the line at its end repeats it.',
  ),
  SIMULATION_REPLAY_INVALID: entry(
    'give-up',
    'The line given to repeat a simulated run cannot be read.',
    'Copy the whole line from the report of the failure.',
  ),
  SIMULATION_WAITS_OUTSIDE: entry(
    'give-up',
    'A handler cannot be simulated: it waits for an outside system, which no seed controls.',
    'Put the system behind a provider, and give the simulation one that returns at once or waits on its clock: providers: (clock) => […].',
  ),
  SIMULATION_NOT_REPEATABLE: entry(
    'give-up',
    'A simulated run does not follow from its seed.',
    'Look for time, random and counters that are neither state nor from the context or the clock of the simulation, in handlers and in the code they call.',
  ),
} as const satisfies Record<string, ErrorEntry>;

/** The code of an error of this framework. docs/errors.md lists them. */
export type ErrorCode = keyof typeof errorRegistry;
