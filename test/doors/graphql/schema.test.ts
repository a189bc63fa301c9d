// The committed schema is the printed one, and printing is what set-up calls.
import { readFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema, validateSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema, sdl } from '../../../src/doors/graphql/schema.ts';

describe('schema.graphql', () => {
  it('is what the code prints', () => {
    expect(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8')).toBe(sdl());
  });
  it('is sorted and valid', () => {
    expect(validateSchema(schema)).toEqual([]);
    expect(sdl()).toBe(`${printSchema(lexicographicSortSchema(schema))}\n`);
  });
  it('describes every type', () => {
    const silent = Object.values(schema.getTypeMap()).filter(
      ({ name, description }) => !name.startsWith('__') && !name.endsWith('Input') && !description,
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
