import { isRecord } from './configured-value.ts';
import type { PlainValue, SettingDefinition } from './setting-definition.ts';

/** Converts and checks the value of a setting. Returns undefined for an invalid one. Text can represent every type. */
export function convertSetting(setting: SettingDefinition, value: unknown): PlainValue | undefined {
  switch (setting.type) {
    case 'string':
      return typeof value === 'string' && matches(setting, value) ? value : undefined;
    case 'enum':
      return typeof value === 'string' ? setting.values?.find((word) => word === value.trim().toLowerCase()) : undefined;
    case 'boolean':
      return toBoolean(value);
    case 'integer': {
      const number = toNumber(value);
      return number !== undefined && Number.isSafeInteger(number) ? inRange(setting, number) : undefined;
    }
    case 'number':
      return inRange(setting, toNumber(value));
    case 'duration':
      return inRange(setting, toNumber(value) ?? toQuantity(value, durationUnits));
    case 'bytes':
      return inRange(setting, toNumber(value) ?? toQuantity(value, sizeUnits));
    case 'list':
      return toList(value);
    case 'map':
      return isRecord(value) ? toMap(setting, value) : undefined;
  }
}

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const sizeUnits: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

function matches({ pattern }: SettingDefinition, text: string): boolean {
  return pattern === undefined || new RegExp(pattern.source).test(text);
}

function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  // Number() also accepts "", "0x10" and "1e3".
  return typeof value === 'string' && /^\s*-?\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

function toQuantity(value: unknown, units: Readonly<Record<string, number>>): number | undefined {
  const match = typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(value) : null;
  const unit = match === null ? undefined : units[(match[2] ?? '').toLowerCase()];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}

function inRange({ min = -Infinity, max = Infinity }: SettingDefinition, value: number | undefined): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

function toList(value: unknown): readonly string[] | undefined {
  const items: readonly unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [undefined];
  const texts = items.filter((item) => typeof item === 'string').map((item) => item.trim());
  return texts.length === items.length ? texts.filter((text) => text !== '') : undefined;
}

function toMap(setting: SettingDefinition, value: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | undefined {
  const words = Object.entries(value).map(([name, word]) => [name, toWord(setting, word)] as const);
  return words.some(([, word]) => word === undefined) ? undefined : Object.fromEntries(words.map(([name, word]) => [name, word ?? '']));
}

/** Returns a text as one of the words of a setting, or undefined. */
export function toWord(setting: SettingDefinition, value: unknown): string | undefined {
  return typeof value === 'string' ? setting.values?.find((word) => word === value.trim().toLowerCase()) : undefined;
}
