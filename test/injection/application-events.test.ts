import { describe, expect, it } from '@jest/globals';
import { ApplicationEvents, OnApplicationEvent, type ApplicationEventName } from '../../src/injection/application-events.ts';
import { silentLogger, type LogFields, type Logger } from '../../src/shared/logger.ts';

function recordingLogger(): { readonly logger: Logger; readonly errors: [string, LogFields | undefined][] } {
  const errors: [string, LogFields | undefined][] = [];
  return { errors, logger: { ...silentLogger, error: (text, fields) => void errors.push([text, fields]) } };
}

describe('events of an application', () => {
  it('reach their listeners in the order they were added, until they are taken away', () => {
    const events = new ApplicationEvents();
    const heard: string[] = [];
    const off = events.on('stopping', ({ application }) => heard.push(`first ${application}`));
    events.on('stopping', () => heard.push('second'));
    events.on('stopped', () => heard.push('never'));

    events.emit('stopping', { application: 'cart' }, silentLogger);
    off();
    events.emit('stopping', { application: 'cart' }, silentLogger);

    expect(heard).toEqual(['first cart', 'second', 'second']);
  });

  it('reach the methods that are marked for them', () => {
    const heard: unknown[] = [];
    class Listening {
      readonly name = 'listening';
      @OnApplicationEvent('failed') onFailure({ error }: { readonly error: Error }): void {
        heard.push(this.name, error.message);
      }
    }
    const events = new ApplicationEvents();
    events.listen(new Listening());

    events.emit('failed', { application: 'cart', error: new Error('disk full') }, silentLogger);

    expect(heard).toEqual(['listening', 'disk full']);
  });

  it('log a listener that throws or rejects, and go on to the next', async () => {
    const { logger, errors } = recordingLogger();
    const events = new ApplicationEvents();
    const [thrown, rejected] = [new Error('thrown'), new Error('rejected')];
    let heard = 0;
    events.on('started', () => {
      throw thrown;
    });
    events.on('started', () => Promise.reject(rejected));
    events.on('started', () => void (heard += 1));

    events.emit('started', { application: 'cart' }, logger);
    await new Promise((resolve) => setImmediate(resolve));

    expect(heard).toBe(1);
    expect(errors).toEqual([
      ['a listener to the event "started" of the application failed', { error: thrown }],
      ['a listener to the event "started" of the application failed', { error: rejected }],
    ]);
  });

  it('refuse a listener to an event that there is not', () => {
    expect(() => new ApplicationEvents().on('begun' as ApplicationEventName, () => undefined)).toThrow(
      'APPLICATION_EVENT_UNKNOWN: there is no event "begun" of the application; there are started, stopping, stopped, failed.',
    );
  });
});
