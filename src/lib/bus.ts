import mittModule from 'mitt';

// mitt's type declarations describe its CommonJS build; what an ES module gets is the function itself.
const mitt = mittModule as unknown as typeof mittModule.default;

/**
 * What a concern needs of the observers' bus; `Facts` maps the name of a fact to what it says. A bus with more facts will do.
 * A fact may wake somebody. It is no command, nobody answers it, and the data stands in the store.
 */
export interface Bus<Facts> {
  emit<Name extends keyof Facts>(name: Name, fact: Facts[Name]): void;
  /** Starts listening and returns the function that stops it. */
  on<Name extends keyof Facts>(name: Name, listener: (fact: Facts[Name]) => void): () => void;
}

/**
 * The observers' bus. A listener that throws is reported to `onListenerError` and hurts nobody else,
 * neither the emitter nor the other listeners.
 */
export function createBus<Facts extends Record<string, unknown>>(
  onListenerError: (thrown: unknown) => void,
): Bus<Facts> {
  const emitter = mitt<Facts>();
  return {
    emit: (name, fact) => emitter.emit(name, fact),
    on(name, listener) {
      const guarded: typeof listener = (fact) => {
        try {
          listener(fact);
        } catch (thrown) {
          onListenerError(thrown);
        }
      };
      emitter.on(name, guarded);
      return () => emitter.off(name, guarded);
    },
  };
}
