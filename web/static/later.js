/* What the chat needs rarely: the other language, reading aloud, the five words
   to come back, how it feels, numbers as a file. It comes after the first
   answer, or when one of these is asked for, and keeps nothing on the device. */
(function () {
'use strict';
var P = window.praatpaal, doc = document, root = doc.documentElement, el = P.el, write = P.write, show = P.show;

function tell(key) { return el('texts').getAttribute('data-t-' + key); }

/* ---- words: the page in a language, of which only what it says is taken ---- */
function fetchWords(lang, then) {
  var x = new XMLHttpRequest();
  x.open('GET', '/words');
  x.setRequestHeader('Accept-Language', lang);
  x.responseType = 'document';
  x.onload = function () { if (x.response) then(x.response); };
  x.onerror = function () { P.banner(P.say('offline')); P.retry(); };
  x.send();
}

/* What comes later stands among what was there. */
function place(d) {
  function put(id, where) { if (d.getElementById(id)) d.getElementById(where).appendChild(d.getElementById(id)); }
  put('tools', 'ways');
  put('saving', 'paper');
  put('feel', 'after');
}

function reword(from) {
  var fresh, old = doc.querySelectorAll('[data-i]'), i, k, a;
  place(from);
  fresh = from.querySelectorAll('[data-i]');
  if (fresh.length !== old.length) return;
  for (i = 0; i < old.length; i++) {
    for (k = 0; k < fresh[i].attributes.length; k++) {
      a = fresh[i].attributes[k];
      if (/^(data-t|aria-l|placeholder|lang|href)/.test(a.name)) old[i].setAttribute(a.name, a.value);
    }
    if (!old[i].firstElementChild) old[i].textContent = fresh[i].textContent;
  }
  root.dir = from.documentElement.dir;
  P.speaks(from.documentElement.lang);
  if (asking) draw(asking);
}

P.language = function (other) { fetchWords(other, reword); };

/* ---- larger text, and reading aloud by a voice of the device itself ---- */
var voice = null;

function pressed(id, yes) { el(id).setAttribute('aria-pressed', yes); }
function local(lang) {
  return window.speechSynthesis && speechSynthesis.getVoices().filter(function (v) {
    return v.localService && v.lang.slice(0, 2) === lang;
  })[0];
}
P.speak = function (words, lang) {
  var v = voice && local(lang || P.talk().lang), u;
  if (!v || !words) return;
  u = new SpeechSynthesisUtterance(words);
  u.voice = v; u.lang = v.lang;
  speechSynthesis.speak(u);
};
P.hush = function () { if (voice) speechSynthesis.cancel(); };

/* ---- the five words to come back with ---- */
P.on.code = function (f) {
  var box = el('five');
  box.textContent = '';
  f.words.split(' ').forEach(function (word) {
    box.appendChild(P.make('b', '', word));
    box.appendChild(doc.createTextNode(' '));
  });
  box.appendChild(P.make('span', '', tell('five')));
  show(el('give'), false);
};

P.code = function () { P.open('sheet-code', el('code')); el('words').focus(); };

function come() {
  var words = el('words').value;
  if (!words.trim()) return;
  write(el('wrong'), '');
  P.shut();
  P.begin('child', { type: 'return', words: words });
}

/* The words were not right: back to where they are typed. */
P.refused = function (f) {
  P.back();
  P.code();
  write(el('wrong'), f.text);
};

/* ---- how it feels: counted without the talk, and never needed ---- */
var ASKED = {
  before: ['1', '2', '3', '4', '5'], after: ['1', '2', '3', '4', '5'],
  helped: ['yes', 'some', 'no'], referral: ['yes', 'not-yet', 'not-reached']
};
var MOUTHS = ['M7.5 17q4.5-5 9 0', 'M8 16.4q4-2.4 8 0', 'M8 15.6h8', 'M8 15q4 2.6 8 0', 'M7.5 14q4.5 5.4 9 0'];
var asking = '', was = {}, returned = false, state = 'bot';

function face(n) {
  var NS = 'http://www.w3.org/2000/svg', svg = doc.createElementNS(NS, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  ['M12 2a10 10 0 1 0 .1 0z', 'M8.5 9.2v.6M15.500 9.2v.6', MOUTHS[n - 1]].forEach(function (d) {
    svg.appendChild(doc.createElementNS(NS, 'path')).setAttribute('d', d);
  });
  return svg;
}

function draw(about) {
  var box = el('feel-answers');
  asking = about;
  show(el('feel'), about);
  if (!about) { P.follow(); return; }
  write(el('feel-asks'), tell(about));
  box.textContent = '';
  box.className = ASKED[about].length > 3 ? 'faces' : '';
  ASKED[about].forEach(function (answer) {
    var b = P.button(tell(+answer ? 'f' + answer : answer), function () { answered(answer); });
    if (+answer) b.insertBefore(face(+answer), b.firstChild);
    box.appendChild(b);
  });
  P.follow();
}

/* Into view, for who has just asked for it or answered. */
function bring() {
  el('feel').scrollIntoView(false);
  el('feel-asks').focus();
}

function question(about) {
  if (was[about]) return;
  was[about] = 1;
  draw(about);
}

function answered(answer) {
  var about = asking;
  P.send({ type: 'feel', about: about, answer: answer });
  draw('');
  if (about === 'after' && answer !== 'skip') question('helped');
  else if (answer === 'not-reached') P.banner(tell('again'), tell('fine'));
  else if (answer === 'no' || answer === '1') P.banner(tell('sad'), tell('fine'));
  if (asking) bring(); else el('box').focus();
}

P.shown = function (m) {
  var t = P.talk();
  if (t.own || was.first || /now|urgent|emergency/.test(m.node)) return;
  was.first = 1;
  question(returned ? 'referral' : 'before');
};
/* Whoever writes on has skipped the question. */
P.said = function () { if (asking) draw(''); };
P.state = function (s) {
  if (s === 'ended' && state !== s) { question('after'); el('feel').scrollIntoView(false); }
  state = s;
};
P.fresh = function (back) {
  was = {}; returned = back; state = 'bot';
  if (el('feel')) draw('');
};

/* ---- numbers as a file: they are on the page, the talk is not in them ---- */
function save() {
  var lines = Array.prototype.map.call(doc.querySelectorAll('#sheet-numbers li'), function (li) { return li.textContent.trim(); });
  var a = doc.createElement('a');
  a.href = URL.createObjectURL(new Blob([lines.join('\n') + '\n'], { type: 'text/plain' }));
  a.download = 'info.txt';
  a.click();
  URL.revokeObjectURL(a.href);
}

/* ---- hands ---- */
function wire() {
  el('larger').onclick = function () { pressed('larger', root.classList.toggle('big')); };
  el('aloud').onclick = function () {
    P.hush();
    voice = !voice && local(P.talk().lang);
    pressed('aloud', !!voice);
    if (voice === undefined) this.textContent = tell('no-voice');
  };
  el('keep').onclick = function () { P.open('sheet-keep', el('more')); };
  el('give').onclick = function () { P.send({ type: 'code' }); };
  el('come').onclick = come;
  el('words').onkeydown = function (e) { if (e.key === 'Enter') come(); };
  el('done').onclick = function () { P.shut(); was.after = was.helped = 0; question('after'); bring(); };
  el('skip').onclick = function () { answered('skip'); };
  el('save').onclick = save;
  '😀 😊 😐 😕 😢 😭 😡 😱 😳 ❤ 💔 👍 👎 🙏'.split(' ').forEach(function (sign) {
    el('emoji').appendChild(P.button(sign, function () {
      P.shut();
      el('text').value += sign;
      el('text').focus();
    }));
  });
  Array.prototype.forEach.call(doc.querySelectorAll('#extra .shut'), function (b) { b.onclick = P.shut; });
}

fetchWords(P.talk().lang, function (from) {
  var extra = doc.importNode(from.getElementById('extra'), true);
  el('page').appendChild(extra);
  show(extra, true);
  place(doc);
  wire();
  P.later = function (name, a) { if (P[name]) P[name](a); };
  P.todo.forEach(function (t) { P.later(t[0], t[1]); });
});
}());
