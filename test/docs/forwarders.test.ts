import { afterEach, describe, expect, it } from '@jest/globals';
import {
  defineApplication,
  eventType,
  Forwarder,
  forwardTo,
  Handles,
  Persisted,
  PersistedList,
  StatefunFunction,
  type CloudEvent,
  type Downstream,
  type EventForwarder,
  type EventOf,
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
    downstream.send('home/device', event.subject ?? '', event);
  }
}
// #endregion accept

// #region text
@Forwarder('device.alarm')
export class Alarms implements EventForwarder {
  forward(event: CloudEvent, downstream: Downstream): void {
    downstream.send('home/house', 'main', { type: 'house.alarm', data: { device: event.subject } });
  }
}
// #endregion text

// #region forward-to
export const WindowOpened = eventType<{ readonly room: string }>('window.opened');

export const windowEvents = forwardTo('home/room', WindowOpened, (event) => event.data.room);
// #endregion forward-to

// #region several
const DoorOpened = eventType<{ readonly room: string }>('door.opened');
const LightSwitched = eventType<{ readonly room: string; readonly lux: number }>('light.switched');

@Forwarder([DoorOpened, LightSwitched])
export class RoomEvents {
  forward(event: EventOf<typeof DoorOpened | typeof LightSwitched>, downstream: Downstream): void {
    downstream.send('home/room', event.data.room, event);
    if (LightSwitched.is(event) && event.data.lux > 500) downstream.send('home/house', 'main', event);
  }
}
// #endregion several

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

@StatefunFunction('home/room')
class RoomFunction extends Diary {}

let application: TestApplication;

async function start(): Promise<TestApplication> {
  const functions = [DeviceFunction, HouseFunction, RoomFunction];
  return (application = await testApplication(
    defineApplication({ functions, forwarders: [DeviceEvents, Alarms, RoomEvents, windowEvents] }),
  ));
}

afterEach(() => application.stop());

describe('docs/forwarders.md', () => {
  it('asks every forwarder about every event', async () => {
    await start();

    await application.receives({ type: 'device.alarm', subject: 'smoke-1', data: {} });

    expect(await application.state(DeviceFunction, 'smoke-1')).toEqual({ types: ['device.alarm'] });
    expect(await application.state(HouseFunction, 'main')).toEqual({ types: ['house.alarm'] });
  });

  it('gives one forwarder the events of several types', async () => {
    await start();

    await application.receives(DoorOpened.create({ room: 'hall' }));
    await application.receives(LightSwitched.create({ room: 'hall', lux: 800 }));
    await application.receives(LightSwitched.create({ room: 'hall', lux: 80 }));

    expect(await application.state(RoomFunction, 'hall')).toEqual({ types: ['door.opened', 'light.switched', 'light.switched'] });
    expect(await application.state(HouseFunction, 'main')).toEqual({ types: ['light.switched'] });
  });

  it('forwards the events of a value as those of a class', async () => {
    await start();

    await application.receives(WindowOpened.create({ room: 'hall' }));

    expect(await application.state(RoomFunction, 'hall')).toEqual({ types: ['window.opened'] });
  });

  it('keeps an event that no forwarder accepts as a dead letter', async () => {
    await start();

    await application.receives({ type: 'weather.changed', data: {} });

    expect(application.deadLetters()).toMatchObject([{ code: 'NO_FORWARDER' }]);
  });
});
