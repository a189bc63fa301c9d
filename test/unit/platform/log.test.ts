// No secret reaches a log line, whatever its depth; and a person reads one line an entry.
import { describe, expect, it } from 'vitest';
import { createLog, type LogOptions } from '../../../src/platform/log.ts';

const logging = (options: Partial<LogOptions> = {}) => {
  const lines: string[] = [];
  return { lines, log: createLog({ level: 'debug', pretty: false, write: (line) => lines.push(line), ...options }) };
};

describe('secrets', () => {
  const names = ['preimage', 'macaroon', 'apiKey', 'authorization', 'x-api-key', 'password', 'secret', 'cookie'];
  it.each(names)('%s is replaced at four depths, and in children', (name) => {
    for (const pretty of [false, true]) {
      const { lines, log } = logging({ pretty });
      const secret = { [name]: 'do-not-tell', told: 'yes' };
      log.info(secret, 'flat');
      log.info({ a: secret }, 'one');
      log.info({ a: { b: secret } }, 'two');
      log.info({ a: { b: { c: secret } } }, 'three');
      log.child(secret).warn({}, 'child');
      expect(lines).toHaveLength(5);
      expect(lines.join('')).not.toContain('do-not-tell');
      expect(lines.filter((line) => line.includes('[secret]') && line.includes('yes'))).toHaveLength(5);
    }
  });
});

describe('JSON lines', () => {
  it('carry the level as a word, the time, and big numbers exactly', () => {
    const { lines, log } = logging();
    log.child({ backend: 'a' }).info({ msat: 9007199254740993n, err: new Error('broken') }, 'said');
    expect(lines[0]).toContain('"msat":9007199254740993');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      backend: 'a',
      msg: 'said',
      err: { type: 'Error', message: 'broken' },
    });
  });

  it('leave out what is below the level', () => {
    const { lines, log } = logging({ level: 'warn' });
    log.info({}, 'no');
    log.warn({}, 'yes');
    expect(lines).toHaveLength(1);
  });
});

describe('a readable line', () => {
  it('shows time, level, text, trouble and fields', () => {
    const { lines, log } = logging({ pretty: true });
    log.warn({ err: new Error('no route'), hash: 'abc', note: 'two words', n: 5n }, 'payment failed');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d\d\d WARN {2}payment failed \(no route\) hash=abc note="two words" n=5\n$/);
  });

  it('shows the stack of an error', () => {
    const { lines, log } = logging({ pretty: true });
    log.error({ err: new Error('lost') }, 'stopped');
    expect(lines[0]).toMatch(/ERROR stopped \(lost\)\n\s+at /);
  });
});
