// The verbs of the command line, in the order in which a newcomer needs them.
import { callbacksList, callbacksReplay, callbacksSecret } from './callbacks.ts';
import { doctor } from './doctor.ts';
import { incidents } from './incidents.ts';
import { incidentsResolve } from './incidents-resolve.ts';
import { keysCreate } from './keys-create.ts';
import { keysLimit } from './keys-limit.ts';
import { keysList } from './keys-list.ts';
import { keysRevoke } from './keys-revoke.ts';
import { ledger } from './ledger.ts';
import { ask, look } from './look.ts';
import { paymentsHalt, paymentsResume } from './outgoing.ts';
import { paymentsGiveUp } from './payments.ts';
import { payoutsAsk, payoutsGiveUp, payoutsShow } from './payouts.ts';
import { preimageKeysRotate } from './preimage-keys-rotate.ts';
import { restoreBegin, restoreBook, restoreDismiss, restoreShow } from './restore.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import type { Verb } from './verb.ts';
import { version } from './version.ts';
import { walletsList } from './wallets-list.ts';

export const verbs: readonly Verb[] = [
  start,
  doctor,
  keysCreate,
  keysList,
  keysLimit,
  keysRevoke,
  preimageKeysRotate,
  walletsList,
  callbacksList,
  callbacksReplay,
  callbacksSecret,
  incidents,
  incidentsResolve,
  look,
  ask,
  ledger,
  paymentsHalt,
  paymentsResume,
  paymentsGiveUp,
  payoutsShow,
  payoutsAsk,
  payoutsGiveUp,
  restoreShow,
  restoreBegin,
  restoreBook,
  restoreDismiss,
  status,
  version,
];
