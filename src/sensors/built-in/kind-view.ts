import { z } from 'zod';
import { spanText } from '../../lib/duration-text.ts';
import type { AnySensorKind } from '../look.ts';

/** One setting of a kind, as a form asks for it. */
export interface KindField {
  name: string;
  /** `list`: texts or numbers, one a line. */
  type: 'text' | 'number' | 'flag' | 'choice' | 'list';
  /** What a choice offers. */
  options: string[];
  /** Whether the texts of a list are numbers. */
  isNumeric: boolean;
  isRequired: boolean;
  /** What is taken where nothing is said, in words; null where that is nothing. */
  usual: string | null;
  /** What it means; null where its name says so. */
  says: string | null;
}

/** A kind of sensor that could be switched on. */
export interface KindView {
  kind: string;
  says: string;
  every: string;
  /** Those that have to be given first. */
  fields: KindField[];
}

/** A part of the JSON Schema of a kind's settings. */
interface Schema {
  type?: string;
  enum?: unknown[];
  items?: Schema;
  anyOf?: Schema[];
  default?: unknown;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
}

/** A kind with its settings as a form asks for them. */
export function kindView({ kind, says, everyMs, settings }: AnySensorKind): KindView {
  const schema = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }) as Schema;
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) =>
    fieldOf(name, field, schema.required?.includes(name) === true),
  );
  return {
    kind,
    says,
    every: spanText(everyMs),
    fields: fields.sort((one, other) => Number(other.isRequired) - Number(one.isRequired)),
  };
}

function fieldOf(name: string, schema: Schema, isRequired: boolean): KindField {
  const list = [schema, ...(schema.anyOf ?? [])].find(({ type }) => type === 'array');
  const options = (schema.enum ?? []).map(String);
  return {
    name,
    type: list === undefined ? typeOf(schema) : 'list',
    options,
    isNumeric: isNumber(list?.items ?? {}),
    isRequired,
    usual: usualOf(schema.default),
    says: schema.description ?? null,
  };
}

function typeOf(schema: Schema): KindField['type'] {
  if (schema.enum !== undefined) return 'choice';
  if (schema.type === 'boolean') return 'flag';
  return isNumber(schema) ? 'number' : 'text';
}

function isNumber({ type }: Schema): boolean {
  return type === 'number' || type === 'integer';
}

function usualOf(value: unknown): string | null {
  if (value === undefined || value === '') return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
