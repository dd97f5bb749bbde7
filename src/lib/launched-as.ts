type Environment = Readonly<Record<string, string | undefined>>;

/**
 * How this program was started, as a person would type it again: `npx ninjad` where `npx` or `npm start` did it, since no
 * `ninjad` need be on the PATH there, and `ninjad` otherwise.
 */
export function launchedAs(env: Environment = process.env): string {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script = '' } = env;
  const byNpx = event === 'npx' && /^"?ninjad\b/.test(script);
  const byStart = event === 'start' && env['npm_package_name'] === 'ninjad';
  return byNpx || byStart ? 'npx ninjad' : 'ninjad';
}
