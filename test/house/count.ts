import { figures } from './measure.ts';

// `npm run house`: how the rooms of src stand to each other, counted in the code's own imports.
for (const [name, { found, atMost }] of Object.entries(figures())) {
  console.log(`${String(found.length).padStart(3)}  ${name} (at most ${atMost})`);
  for (const each of found) console.log(`       ${each}`);
}
