/**
 * RFC 3986, appendix A, as regular expressions. They are those of ajv-formats 3 (MIT), which the `cloudevents` package uses for `source` and
 * `dataschema`, so both accept the same texts. Case is ignored.
 */
const unreserved = `a-z0-9\\-._~!$&'()*+,;=`;
const percent = '%[0-9a-f]{2}';
const group = '[0-9a-f]{1,4}';
const byte = '(?:25[0-5]|2[0-4]\\d|[01]?\\d\\d?)';
const ipv4 = `(?:${byte}\\.){3}${byte}`;
const ipv6 = [
  `(?:(?:${group}:){6}|::(?:${group}:){5}|(?:${group})?::(?:${group}:){4}|(?:(?:${group}:){0,1}${group})?::(?:${group}:){3}`,
  `|(?:(?:${group}:){0,2}${group})?::(?:${group}:){2}|(?:(?:${group}:){0,3}${group})?::${group}:|(?:(?:${group}:){0,4}${group})?::)`,
  `(?:${group}:${group}|${ipv4})|(?:(?:${group}:){0,5}${group})?::${group}|(?:(?:${group}:){0,6}${group})?::`,
].join('');
const host = (quote: string): string =>
  `(?:\\[(?:${ipv6}|v[0-9a-f]+\\.[${unreserved}:]+)\\]|${ipv4}|(?:[${unreserved}${quote}]|${percent})*)`;
const userinfo = `(?:(?:[${unreserved}:]|${percent})*@)?`;

/** Authority and path. A reference may have neither, and may contain a double quote: the grammar forbids it, but ajv accepts it. */
function hierarchy(quote: string): string {
  const character = `(?:[${unreserved}${quote}:@]|${percent})`;
  const segments = `(?:\\/${character}*)*`;
  return `(?:\\/?\\/${userinfo}${host(quote)}(?::\\d*)?${segments}|\\/(?:${character}+${segments})?|${character}+${segments})`;
}

function rest(quote: string): string {
  const character = `(?:[${unreserved}${quote}:@/?]|${percent})*`;
  return `(?:\\?${character})?(?:#${character})?`;
}

const scheme = '[a-z][a-z0-9+\\-.]*:';
const uri = new RegExp(`^${scheme}${hierarchy('')}${rest('')}$`, 'i');
const uriReference = new RegExp(`^(?:${scheme})?${hierarchy('"')}?${rest('"')}$`, 'i');

/** Returns whether a text is an absolute URI. */
export function isUri(text: string): boolean {
  return uri.test(text);
}

/**
 * References that most sources are: a path, perhaps behind a host. All of them match the grammar, too, whose expression takes 4 ms to compile: the
 * first event must not wait for that.
 */
const plainReference = /^(?:https?:\/\/[a-z0-9.-]+)?(?:\/[a-z0-9._~-]+)+$/i;

/** References that have been checked. An application has few sources, and they repeat with every event. */
const knownReferences = new Set<string>();
const knownReferencesMax = 1_000;
const knownReferenceLengthMax = 500;

/** Returns whether a text is a URI or a relative reference. */
export function isUriReference(text: string): boolean {
  if (knownReferences.has(text)) return true;
  const isWellFormed = plainReference.test(text) || uriReference.test(text);
  if (isWellFormed && knownReferences.size < knownReferencesMax && text.length <= knownReferenceLengthMax) knownReferences.add(text);
  return isWellFormed;
}
