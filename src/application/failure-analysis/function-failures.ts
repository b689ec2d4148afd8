import { classPlace, explaining, filePlace, textFact, textsFact, type Explain } from './explaining.ts';

const inAllClasses: Explain = (error, context) => ({
  where: textsFact(error, 'classNames')
    .map((name) => classPlace(name, context))
    .join(' and '),
});

const inForwarder: Explain = (error, context) => {
  const name = textFact(error, 'name') ?? '';
  const file = context.fileOf(name);
  return { where: `forwarder ${name}${file === undefined ? '' : ` in ${filePlace(file)}`}` };
};

/** Explains mistakes in function and forwarder classes and in the event types they handle. */
export const functionFailures = explaining({
  INVALID_FUNCTION_TYPE: (error) => {
    const type = textFact(error, 'type');
    const name = type?.replaceAll(/^\/+|\/+$/g, '') ?? '';
    if (name === '' || name.includes('/')) return {};
    return { action: `A function type is a namespace and a name with exactly one slash between them, such as "example/${name}".` };
  },
  DUPLICATE_FUNCTION_TYPE: inAllClasses,
  EVENT_TYPE_CONFLICT: inAllClasses,
  DUPLICATE_FORWARDER: inForwarder,
  FORWARDER_WITHOUT_ACCEPT: inForwarder,
  FORWARDER_WITHOUT_FORWARD: inForwarder,
});
