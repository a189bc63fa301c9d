// The forms that a value in the file may have, shared by every part of the schema.
import { z } from 'zod';
import { durationSeconds } from './duration.ts';

/** A key of the file: what it must hold and what it does, both for people. `byDefault` only where zod's default does not say it. */
export const key = <S extends z.ZodType>(schema: S, expects: string, does: string, byDefault?: string): S =>
  schema.meta({ expects, description: does, ...(byDefault === undefined ? {} : { byDefault }) });

// A value that came from `${ENV}` is text, whatever it stands for.
export const asNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
const asBoolean = (value: unknown): unknown => (value === 'true' ? true : value === 'false' ? false : value);
const asSeconds = (value: unknown): unknown => (typeof value === 'string' ? (durationSeconds(value) ?? value) : value);

export const whole = (min: number, max: number) => z.preprocess(asNumber, z.number().int().min(min).max(max));
export const flag = () => z.preprocess(asBoolean, z.boolean());
export const seconds = (min: number, max: number) => z.preprocess(asSeconds, z.number().int().min(min).max(max));
export const text = () => z.string().min(1);
export const httpUrl = () => z.string().regex(/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/);
export const postgresUrl = () => z.string().regex(/^postgres(ql)?:\/\/\S+$/);
