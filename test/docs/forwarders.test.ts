import { afterEach, describe, expect, it } from '@jest/globals';
import {
  defineApplication,
  Forwarder,
  Handles,
  Persisted,
  PersistedList,
  StatefunFunction,
  type CloudEvent,
  type Downstream,
  type EventForwarder,
} from 'statefun';
import { testApplication, type TestApplication } from 'statefun/testing';

// The code in docs/forwarders.md, and that it does what the document says.

// #region accept
@Forwarder()
export class DeviceEvents implements EventForwarder {
  accept(event: CloudEvent): boolean {
    return event.type.startsWith('device.') && event.subject !== undefined;
  }

  forward(event: CloudEvent, downstream: Downstream): void {
    downstream.forward('home/device', event.subject ?? '', event);
  }
}
// #endregion accept

// #region text
@Forwarder('device.alarm')
export class Alarms implements EventForwarder {
  forward(event: CloudEvent, downstream: Downstream): void {
    downstream.forward('home/house', 'main', { type: 'house.alarm', data: { device: event.subject } });
  }
}
// #endregion text

abstract class Diary {
  @Persisted() private readonly types = PersistedList.of<string>();

  @Handles()
  onEvent(event: CloudEvent): void {
    this.types.append(event.type);
  }
}

@StatefunFunction('home/device')
class DeviceFunction extends Diary {}

@StatefunFunction('home/house')
class HouseFunction extends Diary {}

let application: TestApplication;

async function start(): Promise<TestApplication> {
  const functions = [DeviceFunction, HouseFunction];
  return (application = await testApplication(defineApplication({ functions, forwarders: [DeviceEvents, Alarms] })));
}

afterEach(() => application.stop());

describe('docs/forwarders.md', () => {
  it('asks every forwarder about every event', async () => {
    await start();

    await application.receives({ type: 'device.alarm', subject: 'smoke-1', data: {} });

    expect(await application.state(DeviceFunction, 'smoke-1')).toEqual({ types: ['device.alarm'] });
    expect(await application.state(HouseFunction, 'main')).toEqual({ types: ['house.alarm'] });
  });

  it('keeps an event that no forwarder accepts as a dead letter', async () => {
    await start();

    await application.receives({ type: 'weather.changed', data: {} });

    expect(application.deadLetters()).toMatchObject([{ code: 'NO_FORWARDER' }]);
  });
});
