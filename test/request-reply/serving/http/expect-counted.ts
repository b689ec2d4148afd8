import { expect } from '@jest/globals';
import { counted, countOne, countText, post, readAnswer } from './counter.ts';

/** Expects that the counter is served at a URL: it counts, and refuses what every mount must refuse. */
export async function expectCounted(url: string): Promise<void> {
  const response = await post(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  expect(await readAnswer(response)).toEqual(counted);
  expect((await post(url, countText)).status).toBe(500);
  expect((await post(url, countOne.subarray(0, 5))).status).toBe(400);
}
