// Gives a verb its configuration, and someone to ask: the gateway that runs on the same data folder, else the core opened for this one question.

import type { Config } from '../config/types.ts';
import { loadConfig } from '../config.ts';
import { findAdmin } from '../platform/adminsocket.ts';
import type { AdminPort } from './ports.ts';
import type { Call } from './verb.ts';

/** @throws ConfigError */
export const configOf = async ({ text, io, parts }: Call): Promise<Config> => {
  const { config, port, host, 'data-dir': dataDir } = text;
  const flags = {
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(dataDir === undefined ? {} : { dataDir }),
  };
  return loadConfig({ kinds: await parts.kinds(), path: config, flags, env: io.env, cwd: io.cwd });
};

/** Asks the running gateway when there is one: the embedded database has one owner. */
export const withAdmin = async <T>(call: Call, work: (admin: AdminPort, config: Config) => Promise<T>): Promise<T> => {
  const config = await configOf(call);
  const running = await findAdmin(config.dataDir);
  if (running) return work(running, config);
  const opened = await (await call.parts.gateway()).openAdmin(config);
  try {
    return await work(opened.admin, config);
  } finally {
    await opened.close();
  }
};
