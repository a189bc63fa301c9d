// What the gateway says about itself to anybody. Where Galoy has something that this gateway has not, the answer is an empty list or zero.
import type { GlobalsView } from '../../../commands/reads.ts';
import { builder } from '../builder.ts';
import { AccountLevel, Network, PhoneCodeChannelType } from './enums.ts';

interface LevelLimits {
  readonly convert: number;
  readonly internalSend: number;
  readonly interval: number;
  readonly level: 'ONE' | 'THREE' | 'TWO' | 'ZERO';
  readonly withdrawal: number;
}

const AccountLevelLimits = builder.objectRef<LevelLimits>('AccountLevelLimits').implement({
  description: 'What an account of a level may move in a time.',
  fields: (t) => ({
    convert: t.expose('convert', { type: 'CentAmount', description: "Between an account's own wallets." }),
    internalSend: t.expose('internalSend', { type: 'CentAmount', description: 'To other accounts of the gateway.' }),
    interval: t.expose('interval', { type: 'Seconds', description: 'The time that the limits are for.' }),
    level: t.expose('level', { type: AccountLevel }),
    withdrawal: t.expose('withdrawal', { type: 'CentAmount', description: 'Out of the gateway, over Lightning or on the chain.' }),
  }),
});

const BlockInfo = builder.objectRef<GlobalsView>('BlockInfo').implement({
  description: 'The newest block that a backend has seen.',
  fields: (t) => ({
    blockHash: t.exposeString('blockHash', { nullable: true }),
    blockHeight: t.exposeInt('blockHeight', { nullable: true }),
  }),
});

const BuildInformation = builder.objectRef<GlobalsView>('BuildInformation').implement({
  description: 'Which build of the gateway answers.',
  fields: (t) => ({
    commitHash: t.string({ nullable: true, description: 'Null when the build does not know it.', resolve: ({ commit }) => commit || null }),
    helmRevision: t.int({ nullable: true, description: 'Always null here.', resolve: () => null }),
    version: t.exposeString('version', { description: "The gateway's version." }),
  }),
});

const DepositFeeTier = builder.objectRef<{ readonly amount: string; readonly maxAmount: string | null }>('DepositFeeTier').implement({
  description: 'What a deposit up to an amount costs.',
  fields: (t) => ({
    amount: t.exposeString('amount'),
    maxAmount: t.exposeString('maxAmount', { nullable: true, description: 'The largest deposit of this tier; null without a bound.' }),
  }),
});

const DepositFeesInformation = builder.objectRef<GlobalsView>('DepositFeesInformation').implement({
  description: 'What a deposit costs here: nothing.',
  fields: (t) => ({
    minBankFee: t.string({ resolve: () => '0' }),
    minBankFeeThreshold: t.string({ description: 'Below this amount the smallest fee is taken.', resolve: () => '0' }),
    ratio: t.string({ deprecationReason: 'fees are a flat amount per tier, use tiers', resolve: () => '0' }),
    tiers: t.field({ type: [DepositFeeTier], description: 'None: there is no fee.', resolve: () => [] }),
  }),
});

const FeesInformation = builder.objectRef<GlobalsView>('FeesInformation').implement({
  description: 'What the gateway itself charges.',
  fields: (t) => ({ deposit: t.field({ type: DepositFeesInformation, resolve: (globals) => globals }) }),
});

const Country = builder
  .objectRef<{ readonly id: string; readonly channels: readonly ('SMS' | 'TELEGRAM' | 'WHATSAPP')[] }>('Country')
  .implement({
    description: 'A country and how people there could log in by phone.',
    fields: (t) => ({
      id: t.expose('id', { type: 'CountryCode' }),
      supportedAuthChannels: t.expose('channels', { type: [PhoneCodeChannelType] }),
    }),
  });

export const Globals = builder.objectRef<GlobalsView>('Globals').implement({
  description: 'What the gateway says about itself.',
  fields: (t) => ({
    accountLimitsByLevel: t.field({ type: [AccountLevelLimits], description: 'None: accounts have no levels here.', resolve: () => [] }),
    blockInfo: t.field({ type: BlockInfo, nullable: true, resolve: (globals) => (globals.blockHeight === null ? null : globals) }),
    buildInformation: t.field({ type: BuildInformation, resolve: (globals) => globals }),
    feesInformation: t.field({ type: FeesInformation, resolve: (globals) => globals }),
    lightningAddressDomain: t.exposeString('lightningAddressDomain', {
      description: 'What stands behind the @ of a Lightning address here.',
    }),
    lightningAddressDomainAliases: t.stringList({ resolve: () => [] }),
    network: t.expose('network', { type: Network, description: 'The Bitcoin network of every backend.' }),
    nodesIds: t.exposeStringList('nodeIds', {
      description: 'Public keys of the Lightning nodes behind the gateway, as far as they are known.',
    }),
    simulated: t.exposeBoolean('simulated', {
      description: 'A backend is simulated: its money is not real, and `simulatedPayerPay` pays.',
    }),
    supportedCountries: t.field({ type: [Country], description: 'None: there is no login by phone.', resolve: () => [] }),
  }),
});
