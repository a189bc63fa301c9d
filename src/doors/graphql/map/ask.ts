// How fields ask the core: `payloadMutation` for what changes something, `reading` for what does not. Neither decides anything.
import type { CommandName, CommandTypes } from '../../../commands/table.ts';
import { commandScopes } from '../../../commands/table.ts';
import { refuse } from '../../../platform/refusal.ts';
import type { Principal } from '../../../wallets/view.ts';
import type { GraphqlContext } from '../context.ts';
import { badInputs, type Good } from '../scalars/input.ts';
import { refusalText } from './texts.ts';
import { errorOf, inputTrouble, notAuthorized, type Trouble, topLevel, troubleOf } from './trouble.ts';

/** A mutation with one `input` and a payload with `errors`, over one command. */
export interface PayloadMutation<N extends CommandName, I extends object, P> {
  readonly command: N;
  readonly input: (given: Good<I>) => CommandTypes[N]['input'];
  readonly answer: (output: CommandTypes[N]['output']) => P;
  readonly trouble: (trouble: Trouble) => P;
}

/** The resolver of such a mutation: it answers every trouble in the payload, except that nobody said who they are (top level). */
export const payloadMutation =
  <N extends CommandName, I extends object, P>(mutation: PayloadMutation<N, I, P>) =>
  async (_root: unknown, args: { readonly input: I }, context: GraphqlContext): Promise<P> => {
    if (context.who === null && commandScopes[mutation.command].length > 0) throw notAuthorized();
    const wrong = badInputs(args.input);
    if (wrong.length > 0) return mutation.trouble(inputTrouble(wrong));
    try {
      // `badInputs` has just found none.
      const input = mutation.input(args.input as Good<I>);
      return mutation.answer(await context.ask(mutation.command, input, context.asking));
    } catch (error) {
      return mutation.trouble(troubleOf(error, mutation.command, context));
    }
  };

/** The same for what concerns an account as a whole: there upstream tells a missing scope at the top level (contract §4.2). */
export const accountMutation = <N extends CommandName, I extends object, P>(mutation: PayloadMutation<N, I, P>) => {
  const resolve = payloadMutation(mutation);
  return async (root: unknown, args: { readonly input: I }, context: GraphqlContext): Promise<P> => {
    const scopes = commandScopes[mutation.command];
    const [needs] = scopes;
    if (context.who && needs !== undefined && !scopes.some((scope) => context.who?.scopes.has(scope)))
      throw topLevel(refusalText({ is: 'forbidden', needs, kind: 'write' }));
    return resolve(root, args, context);
  };
};

/** The resolver of a mutation whose errors are top-level, as in upstream's key service. */
export const asking =
  <N extends CommandName, Args>(command: N, input: (args: Args) => CommandTypes[N]['input']) =>
  async (_root: unknown, args: Args, context: GraphqlContext): Promise<CommandTypes[N]['output']> => {
    try {
      return await context.ask(command, input(args), context.asking);
    } catch (error) {
      throw errorOf(error, command, context);
    }
  };

/** Who may read. @throws GraphQLError without a key; Refused `forbidden` when its scopes lack READ. */
export const reader = (context: GraphqlContext): Principal => {
  if (context.who === null) throw notAuthorized();
  return context.who.scopes.has('READ') ? context.who : refuse({ is: 'forbidden', needs: 'READ', kind: 'read' });
};

/** Who may administer. @throws GraphQLError without a key; Refused `forbidden` when its scopes lack ADMIN. */
export const administrator = (context: GraphqlContext): Principal => {
  if (context.who === null) throw notAuthorized();
  return context.who.scopes.has('ADMIN') ? context.who : refuse({ is: 'forbidden', needs: 'ADMIN', kind: 'read' });
};

/** A resolver whose refusals become top-level errors. */
export const reading =
  <Root, Args, T>(field: string, resolve: (root: Root, args: Args, context: GraphqlContext) => Promise<T>) =>
  async (root: Root, args: Args, context: GraphqlContext): Promise<T> => {
    try {
      return await resolve(root, args, context);
    } catch (error) {
      throw errorOf(error, field, context);
    }
  };
