// Scripts by name from standard input; what is not ES2017 in them, out again.
import { readFileSync } from 'node:fs';
import { parse } from 'acorn';

const wrong = {};
for (const [name, text] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  try { parse(text, { ecmaVersion: 2017, sourceType: 'script' }); } catch (e) { wrong[name] = e.message; }
}
console.log(JSON.stringify(wrong));
