// A state machine is a table. `docs/STATES.md` is printed from the tables and a test fails when it drifts.

export type Table<State extends string, Event extends string> = {
  readonly [S in State]: { readonly [E in Event]?: State };
};

/** `same` = seen already; newer details are still written. `forbidden` = a refusal (intention) or an incident (fact), never an overwrite. */
export type Step<State> = { readonly is: 'moved'; readonly to: State } | { readonly is: 'same' } | { readonly is: 'forbidden' };

/** Where `event` leads from `from`. Pure; the caller writes. */
export const step = <S extends string, E extends string>(table: Table<S, E>, from: S, event: E): Step<S> => {
  const to: S | undefined = table[from][event];
  if (to === undefined) return { is: 'forbidden' };
  return to === from ? { is: 'same' } : { is: 'moved', to };
};
