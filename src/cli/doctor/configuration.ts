// The configuration was read, or there would be no check-up; what remains is what is allowed and yet worth a word.
import { isLoopback } from '../../config/shape.ts';
import { type Check, ok, warn } from './finding.ts';

export const checkConfiguration: Check = async ({ config }) => {
  const { file, sandbox, listen, network, backends, accounts } = config;
  const wallets = accounts.flatMap((account) => account.wallets).length;
  const what = sandbox ? 'the sandbox (no backend is configured)' : `${network}; ${backends.length} backend(s), ${wallets} wallet(s)`;
  const found = [ok('config', `${file ?? 'no file'}: ${what}`)];
  if (!isLoopback(listen.host) && listen.insecure && !listen.tls && !listen.trustProxy)
    found.push(
      warn(
        'config',
        `listen.insecure: API keys cross the network in the clear (${listen.host})`,
        'set listen.tls, or put a proxy in front and set listen.trustProxy',
      ),
    );
  return found;
};
