// The scorer of MDN's HTTP Observatory on a server of our own, without the
// network: its list of preloaded hosts is left empty.
import { readFileSync, writeFileSync } from 'node:fs';

const at = new URL('node_modules/@mdn/mdn-http-observatory/', import.meta.url);
writeFileSync(new URL('conf/hsts-preload.json', at), '{}');
const load = (file) => import(new URL('src/' + file, at));
const { retrieve } = await load('retriever/retriever.js');
const { ALL_TESTS } = await load('constants.js');
const { getGradeForScore, getScoreModifier } = await load('grader/grader.js');
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await load('grader/charts.js');

const { host, httpPort, httpsPort, paths } = JSON.parse(readFileSync(0, 'utf8'));
const scores = [];
for (const path of paths) {
  const answers = await retrieve(host, { httpPort, httpsPort, path });
  const results = ALL_TESTS.map((test) => test(answers));
  let full = 100, bare = 100;
  for (const r of results) {
    const points = r.result ? getScoreModifier(r.result) : 0;
    full += points;
    bare += Math.min(0, points);
  }
  const { score, grade } = getGradeForScore(bare >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? full : bare);
  scores.push({ path, score, grade, failed: results.filter((r) => !r.pass).map((r) => r.constructor.name + ' ' + r.result) });
}
console.log(JSON.stringify(scores));
process.exit(0);
