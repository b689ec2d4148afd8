import { expect, it } from '@jest/globals';
import { shownValue } from '../../src/state-tools/shown-value.ts';

it.each<[string, Uint8Array, unknown]>([
  ['JSON', Buffer.from('{"a":[1,null]}'), { a: [1, null] }],
  ['a number', Buffer.from('-1.5'), -1.5],
  ['a number of 64 bits', Buffer.from('9223372036854775807'), { $text: '9223372036854775807' }],
  ['a number with a zero in front', Buffer.from('007'), { $text: '007' }],
  ['minus zero', Buffer.from('-0'), { $text: '-0' }],
  ['a text', Buffer.from('grüße\n'), { $text: 'grüße\n' }],
  ['an empty text', Buffer.from(''), { $text: '' }],
  ['a byte order mark', Buffer.from([0xef, 0xbb, 0xbf]), { $text: '\ufeff' }],
  ['a zero byte', Buffer.from([0x61, 0]), { $base64: 'YQA=' }],
  ['what is no UTF-8', Buffer.from([0xc3]), { $base64: 'ww==' }],
])('shows %s as what it is', (_, bytes, shown) => {
  expect(shownValue(bytes)).toEqual(shown);
});
