import { beforeEach, describe, expect, it } from '@jest/globals';
import { fromTypedValue, int32Type, jsonType, playgroundRecordTypename, typed } from 'statefun/serving';
import { testCluster, type TestCluster } from 'statefun/testing';
import { createFunctions } from '../src/functions.ts';
import { loginEvent } from '../src/types.ts';

let cluster: TestCluster;
beforeEach(() => {
  cluster = testCluster(createFunctions());
});

const login = (userName: string): ReturnType<typeof typed> => typed(loginEvent, { user_name: userName });
const greetings = (): readonly unknown[] =>
  cluster.egress().map(({ egressId, argument }) => [egressId, fromTypedValue(jsonType(playgroundRecordTypename), argument)]);
const greeting = (payload: string): unknown => ['io.statefun.playground/egress', { topic: 'greetings', payload }];
const storedSession = (type: string, id: string): string => new TextDecoder().decode(cluster.state(type, id)['session']?.value);

describe.each(['demo/greeter', 'demo/greeter-object'])('%s', (type) => {
  it('counts the logins of each user', async () => {
    for (const user of ['Ada', 'Bob', 'Ada']) await cluster.send(type, user, login(user));

    expect(greetings()).toEqual([
      greeting('Hey Ada! Login 1 of this session.'),
      greeting('Hey Bob! Login 1 of this session.'),
      greeting('Hey Ada! Login 2 of this session.'),
    ]);
    expect(storedSession(type, 'Ada')).toBe('{"logins":2}');
    expect(storedSession(type, 'Bob')).toBe('{"logins":1}');
  });

  it('begins a new session half an hour after the last login', async () => {
    await cluster.send(type, 'Ada', login('Ada'));
    await cluster.advance('29m');
    await cluster.send(type, 'Ada', login('Ada'));
    await cluster.advance('30m');
    expect(cluster.state(type, 'Ada')).toEqual({});

    await cluster.send(type, 'Ada', login('Ada'));

    expect(greetings()).toEqual([
      greeting('Hey Ada! Login 1 of this session.'),
      greeting('Hey Ada! Login 2 of this session.'),
      greeting('Hey Ada! Login 1 of this session.'),
    ]);
  });

  it('refuses what is no login, and changes nothing', async () => {
    await expect(cluster.send(type, 'Ada', typed(int32Type(), 1))).rejects.toThrow('VALUE_TYPE_MISMATCH');

    expect(cluster.state(type, 'Ada')).toEqual({});
    expect(greetings()).toEqual([]);
  });
});

describe('the greeters', () => {
  it('share no state', async () => {
    await cluster.send('demo/greeter', 'Ada', login('Ada'));
    await cluster.send('demo/greeter-object', 'Ada', login('Ada'));

    expect(greetings()).toEqual([greeting('Hey Ada! Login 1 of this session.'), greeting('Hey Ada! Login 1 of this session.')]);
  });
});
