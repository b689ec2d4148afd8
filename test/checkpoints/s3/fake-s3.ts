import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that the fake was sent. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What the fake does wrong with a request: an error before or after it took effect, half an object kept, a connection cut, and so on. */
export type S3Fault =
  { readonly status: number; readonly code: string; readonly after?: true } | 'cut' | 'cut after' | 'torn' | 'truncated list' | 'corrupt';

/** Chooses the fault of a request; undefined for none. */
export type ChooseFault = (request: S3Request) => S3Fault | undefined;

/** The part of S3 that checkpoints use, in one process, with faults. It has one bucket and pages of ten objects. */
export class FakeS3 {
  readonly objects = new Map<string, Buffer>();
  readonly requests: S3Request[] = [];
  fault: ChooseFault = () => undefined;
  readonly #uploads = new Map<string, Map<number, Buffer>>();
  readonly #server: Server;
  readonly #bucket: string;

  private constructor(bucket: string) {
    this.#bucket = bucket;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(bucket: string): Promise<FakeS3> {
    const fake = new FakeS3(bucket);
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const [bucket = '', ...path] = url.pathname.slice(1).split('/').map(decodeURIComponent);
    const { method = '', headers } = incoming;
    const request: S3Request = {
      method,
      bucket,
      key: path.join('/'),
      query: url.searchParams,
      headers,
      body: bodyOf(headers, Buffer.concat(parts)),
    };
    this.requests.push(request);
    const fault = this.fault(request);
    if (fault === 'cut') return void incoming.socket.destroy();
    if (typeof fault === 'object' && fault.after === undefined) return fail(response, fault.status, fault.code);
    if (bucket !== this.#bucket) return fail(response, 404, 'NoSuchBucket');
    const answer = this.#answer(request, fault);
    if (fault === 'cut after') return void incoming.socket.destroy();
    if (typeof fault === 'object') return fail(response, fault.status, fault.code);
    if (answer.code !== undefined) return fail(response, answer.status, answer.code);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  #answer(request: S3Request, fault: S3Fault | undefined): Answer {
    const { method, key, query } = request;
    if (method === 'GET' && key === '') return this.#list(query, fault);
    if (method === 'POST' && query.has('uploads')) return this.#beginUpload(key);
    if (method === 'POST') return this.#completeUpload(request);
    if (method === 'PUT' && query.has('partNumber')) return this.#uploadPart(request, fault);
    if (method === 'PUT') return this.#put(request, request.body, fault);
    if (method === 'DELETE') {
      if (query.has('uploadId')) this.#uploads.delete(query.get('uploadId') ?? '');
      else this.objects.delete(key);
      return { status: 204 };
    }
    return this.#get(request, fault);
  }

  #get({ method, key, headers }: S3Request, fault: S3Fault | undefined): Answer {
    const stored = this.objects.get(key);
    if (stored === undefined) return { status: 404, code: method === 'HEAD' ? 'NotFound' : 'NoSuchKey' };
    const [, start = '0', end = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    const bytes = stored.subarray(Number(start), end === '' ? undefined : Number(end) + 1);
    const body = fault === 'corrupt' ? Buffer.from(bytes).fill(0x78, 0, 1) : bytes;
    const common = { etag: etagOf(stored), 'content-length': body.length };
    return method === 'HEAD'
      ? { status: 200, headers: common }
      : { status: headers.range === undefined ? 200 : 206, headers: common, body };
  }

  #put({ key, headers }: S3Request, body: Buffer, fault?: S3Fault): Answer {
    const present = this.objects.get(key);
    if (headers['if-none-match'] === '*' && present !== undefined) return { status: 412, code: 'PreconditionFailed' };
    const expected = headers['if-match'];
    if (expected !== undefined && (present === undefined || etagOf(present) !== expected))
      return { status: 412, code: 'PreconditionFailed' };
    this.objects.set(key, fault === 'torn' ? body.subarray(0, body.length / 2) : body);
    return { status: 200, headers: { etag: etagOf(body) } };
  }

  #beginUpload(key: string): Answer {
    const id = `upload-${this.#uploads.size}-${key.length}`;
    this.#uploads.set(id, new Map());
    return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }

  #uploadPart({ query, body }: S3Request, fault: S3Fault | undefined): Answer {
    const parts = this.#uploads.get(query.get('uploadId') ?? '');
    if (parts === undefined) return { status: 404, code: 'NoSuchUpload' };
    parts.set(Number(query.get('partNumber')), fault === 'torn' ? body.subarray(0, body.length / 2) : body);
    return { status: 200, headers: { etag: etagOf(body) } };
  }

  #completeUpload(request: S3Request): Answer {
    const id = request.query.get('uploadId') ?? '';
    const parts = this.#uploads.get(id);
    if (parts === undefined) return { status: 404, code: 'NoSuchUpload' };
    const answer = this.#put(request, Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, part]) => part)));
    if (answer.code !== undefined) return answer;
    this.#uploads.delete(id);
    return xml('<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>');
  }

  /** Uploads that were neither completed nor aborted. */
  get openUploads(): number {
    return this.#uploads.size;
  }

  #list(query: URLSearchParams, fault: S3Fault | undefined): Answer {
    const [prefix, token] = [query.get('prefix') ?? '', query.get('continuation-token') ?? ''];
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key >= token).sort();
    const next = keys[10];
    const contents = keys
      .slice(0, 10)
      .map((key) => `<Contents><Key>${key}</Key><Size>${this.objects.get(key)?.length ?? 0}</Size></Contents>`);
    const truncated = next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
    const rest = fault === 'truncated list' ? '' : truncated;
    const cut = fault === 'truncated list' || next !== undefined;
    return xml(`<ListBucketResult>${contents.join('')}<IsTruncated>${cut}</IsTruncated>${rest}</ListBucketResult>`);
  }
}

interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Buffer | string;
}

function xml(content: string): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0"?>${content}` };
}

function fail(response: ServerResponse, status: number, code: string): void {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

/** The content of a body in chunks, each behind its length, as the SDK sends it with a checksum at the end. */
function bodyOf(headers: IncomingMessage['headers'], sent: Buffer): Buffer {
  if (!String(headers['content-encoding'] ?? '').includes('aws-chunked')) return sent;
  const chunks: Buffer[] = [];
  for (let at = 0; at < sent.length;) {
    const line = sent.indexOf('\r\n', at);
    const length = parseInt(sent.toString('latin1', at, line), 16);
    if (length === 0) break;
    chunks.push(sent.subarray(line + 2, line + 2 + length));
    at = line + 2 + length + 2;
  }
  return Buffer.concat(chunks);
}
