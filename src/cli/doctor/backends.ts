// Each backend: does it answer, is it ready, is it on our network, and is it the one that it was. Every way to be unusable has its own words.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { faultOf } from '../../backends/guarded.ts';
import { type Backend, BackendFault, type BackendTools, type Health, type Identity } from '../../backends/port.ts';
import type { BackendConfig } from '../../config/types.ts';
import { hashOf, newPreimage } from '../../lightning/values.ts';
import { type PinRow, pinRows } from '../answers.ts';
import { bad, type Check, type Checkup, type Finding, messageOf, ok, warn } from './finding.ts';
import { serverPins } from './server.ts';

const patienceMs = 10_000;

const todo: Readonly<Record<NonNullable<Health['trouble']>, string>> = {
  down: 'start the node, or correct its address in the configuration',
  locked: 'unlock its wallet',
  unsynced: 'wait until it has caught up with the chain, and look at its chain backend if it does not',
  macaroon: 'give a macaroon that this node has made and that allows reading, invoices and payments (admin.macaroon, or one of your own)',
  certificate: "copy the node's present tls.cert, and use a host name or address that it lists",
  network: 'correct "network", or name a node of that network',
  identity: 'name the right node; if it was replaced for good, give it a new name under "backends"',
  other: "look at the node's log",
};

const named: Readonly<Record<NonNullable<Health['trouble']>, string>> = {
  down: 'is down',
  locked: 'is locked',
  unsynced: 'is not in step with the chain',
  macaroon: 'refuses the macaroon',
  certificate: 'shows the wrong certificate',
  network: 'is on the wrong network',
  identity: 'is another node than before',
  other: 'is not ready',
};

// Words of an adapter's log would mix with ours; what is wrong is in its answers.
const quiet = (): void => {};
const tools: BackendTools = { log: { debug: quiet, info: quiet, warn: quiet, error: quiet }, clock: { now: () => new Date() } };

const troubled = (about: string, trouble: NonNullable<Health['trouble']>, detail: string): Finding =>
  bad(about, `${named[trouble]}: ${detail}`, todo[trouble]);

const faulty = (about: string, error: unknown): Finding => {
  if (!(error instanceof BackendFault)) return bad(about, messageOf(error), todo.other);
  const { kind, detail } = error.fault;
  if (kind === 'auth') return troubled(about, 'macaroon', detail);
  if (kind === 'unreachable' || kind === 'timeout') return troubled(about, 'down', detail);
  return troubled(about, 'other', detail);
};

const checkIdentity = (
  about: string,
  identity: Identity,
  { network, pin }: { readonly network: string; readonly pin: PinRow | undefined },
): Finding | null => {
  if (identity.network !== network) return troubled(about, 'network', `it is on ${identity.network}, the configuration says ${network}`);
  if (pin && pin.identityKey !== identity.key)
    return troubled(about, 'identity', `it is ${identity.key} (${identity.label}), it was ${pin.identityKey}`);
  return null;
};

/** Calls that change nothing, under the rights that a gateway needs beyond saying who it is: to read the balance, and to end an invoice. */
const checkRights = async (about: string, backend: Backend): Promise<readonly Finding[]> => {
  try {
    await backend.balance?.(AbortSignal.timeout(patienceMs));
    // Nobody has an invoice with a hash of chance: whoever may cancel is told that there is none.
    const said = await backend.receive?.cancel?.(hashOf(newPreimage()), AbortSignal.timeout(patienceMs));
    return said?.is === 'unknown' ? [faulty(about, new BackendFault(said.fault))] : [];
  } catch (error) {
    return [faulty(about, error)];
  }
};

const examine = async (
  about: string,
  backend: Backend,
  expected: { readonly network: string; readonly pin: PinRow | undefined },
): Promise<readonly Finding[]> => {
  const health = await backend.health(AbortSignal.timeout(patienceMs));
  const trouble = health.trouble ?? (health.ready ? null : 'other');
  // A node that is behind still says who it is; the others do not.
  if (trouble !== null && trouble !== 'unsynced') return [troubled(about, trouble, health.detail)];
  const identity = await backend.identity(AbortSignal.timeout(patienceMs));
  const stranger = checkIdentity(about, identity, expected);
  if (stranger) return [stranger];
  if (trouble !== null) return [troubled(about, trouble, health.detail)];
  const rights = await checkRights(about, backend);
  if (rights.length > 0) return rights;
  const known = expected.pin ? '' : '; not seen before';
  return [ok(about, `${identity.label}, ${identity.network}, ${identity.key}${known}`)];
};

const checkOne = async (config: BackendConfig, checkup: Checkup, pins: readonly PinRow[]): Promise<readonly Finding[]> => {
  const about = `backend ${config.id}`;
  // It lives inside the gateway's process: another one of the same name here would say nothing about it.
  if (config.simulated && checkup.running) return [ok(about, 'simulated, inside the running gateway')];
  const kind = checkup.kinds[config.kind];
  if (!kind) return [bad(about, `there is no kind "${config.kind}"`, 'correct it in the configuration')];
  let backend: Backend;
  try {
    backend = await kind.connect(config.id, config.settings, tools);
  } catch (error) {
    // Connecting touches files and no network: whichever of them it is, the node has not been asked yet.
    return [
      bad(about, `cannot be opened: ${faultOf(error).detail}`, 'correct the name of the file, or let the user of the gateway read it'),
    ];
  }
  try {
    return await examine(about, backend, { network: checkup.config.network, pin: pins.find((pin) => pin.backendId === config.id) });
  } catch (error) {
    return [faulty(about, error)];
  } finally {
    await backend.close();
  }
};

/** Who was behind each backend at its first connection. */
const readPins = async ({ config, running, openAdmin }: Checkup): Promise<unknown> => {
  if (running) return running('pins', {});
  if (config.database.is === 'server') return serverPins(config.database.url);
  if (!existsSync(join(config.database.dir, 'pg', 'PG_VERSION'))) return [];
  const opened = await openAdmin();
  try {
    return await opened.admin('pins', {});
  } finally {
    await opened.close();
  }
};

export const checkBackends: Check = async (checkup) => {
  const pins = await readPins(checkup).then(
    (rows) => ({ rows: pinRows.safeParse(rows).data ?? null, why: 'they are not there' }),
    (error: unknown) => ({ rows: null, why: messageOf(error) }),
  );
  const known = pins.rows ?? [];
  const found = await Promise.all(checkup.config.backends.map((backend) => checkOne(backend, checkup, known)));
  const blind =
    pins.rows === null
      ? [warn('backends', `who they were before cannot be read, so another node would not be noticed: ${pins.why}`, 'mend that first')]
      : [];
  return [...found.flat(), ...blind];
};
