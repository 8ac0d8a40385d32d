/* The visitor's end of the chat, protocol praatpaal.v1. Nothing is written to
   the device: token and words live in this closure and go with the page. This
   part is inside the page and works without a line; what is rarely needed is
   in later.js, which comes after the first answer or when it is asked for. */
(function () {
'use strict';
var win = window, doc = document, root = doc.documentElement;
var IDLE = 180000, WARN = 120000, BEAT = 15000, DEAF = 10000, HOME = 4000;

function el(id) { return doc.getElementById(id); }
function now() { return new Date().getTime(); }
function show(e, yes) { e.hidden = !yes; }
function make(tag, kind, text) {
  var e = doc.createElement(tag);
  if (kind) e.className = kind;
  if (text) e.textContent = text;
  return e;
}
function button(label, act) {
  var b = make('button', '', label);
  b.type = 'button';
  b.onclick = act;
  return b;
}
function say(key, values) {
  var text = el('t').getAttribute('data-t-' + key) || '', k;
  for (k in values) text = text.replace('{' + k + '}', values[k]);
  return text;
}
function write(e, text) { if (e.textContent !== text) e.textContent = text; }

var box = el('box'), list = el('list'), text = el('text'), choices = el('choices'), down = el('down');
var lang = root.lang || 'nl', as = 'child', opening = '';
var page = location.hash.slice(1);

/* ---- the conversation ---- */
var token = '', epoch = '', seq = 0, count = 0;
var own = [];        // {frame, mark, stage}: 0 waiting, 1 sending, 2 stored, 3 refused
var bySeq = {}, byAnswer = {}, byId = {};
var state = { state: 'bot' }, name = '';
var wish = '';       // to send when there is a line: human, bot, forget
var lost = '';       // the token is unknown: a new conversation is asked for

/* ---- the line ---- */
var socket = null, ready = false, over = true, tries = 0, heard = 0, asked = 0;
var retryTimer, bannerTimer = 0, offline = false, notice = '';

function connect() {
  clearTimeout(retryTimer);
  if (socket || over) return;
  var s = socket = new WebSocket(location.protocol.replace('http', 'ws') + '//' + location.host + '/ws', 'praatpaal.v1');
  asked = now();
  s.onopen = function () {
    heard = asked = now();
    if (token) send({ type: 'resume', token: token, after: seq }); else start();
  };
  s.onmessage = function (e) {
    var f;
    heard = now(); asked = 0;
    try { f = JSON.parse(e.data); } catch (x) { return; }
    if (s === socket && on.hasOwnProperty(f.type)) on[f.type](f);
  };
  s.onclose = function (e) { if (s === socket) dropped(e.code, e.reason); };
}

function start() { send(opening || { type: 'start', lang: lang, as: as, page: page || undefined }); }

function send(frame) {
  if (!socket || socket.readyState !== 1) return false;
  socket.send(padded(frame));
  return true;
}

/* Frames have few lengths, in bytes, so that a listener cannot tell by it what
   is said; blanks behind JSON are skipped by the reader. */
function padded(frame) {
  var s = JSON.stringify(frame), n = s.length, i, c, size;
  for (i = 0; i < s.length; i++) {
    c = s.charCodeAt(i);
    if (c > 127) n += c > 2047 && (c & 0xf800) !== 0xd800 ? 2 : 1;
  }
  size = /ing$/.test(frame.type) ? 48 : n <= 256 ? 256 : n <= 1408 ? 1408 : 2048;
  while (size < n) size *= 2;
  return s + new Array(size - n + 1).join(' ');
}

function hangUp() {
  var s = socket;
  socket = null; ready = false;
  if (s) { s.onopen = s.onmessage = s.onclose = null; s.close(); }
}

/* Full jitter up to 1, 2, 4 … 30 s; at a deploy the server names the moment. */
function dropped(code, reason) {
  var told = /retry (\d+(\.\d+)?)/.exec(reason || '');
  var wait = told ? told[1] * 1000 : Math.random() * Math.min(30000, 1000 * Math.pow(2, tries++));
  hangUp();
  dots(false);
  own.forEach(function (m) { if (m.stage === 1) stage(m, 0); });
  over = over || code === 4001;
  if (code === 4001) banner(say('elsewhere'), say('here'), function () { over = false; connect(); });
  if (over) return;
  retryTimer = setTimeout(connect, wait);
  bannerTimer = bannerTimer || setTimeout(function () { offline = !ready && !over; banner(); }, 2000);
}

function soon() {
  if (over || (socket && socket.readyState === 1)) return;
  hangUp();
  connect();
}

/* Scripts cannot see the protocol's own pings. */
setInterval(function () {
  if (asked && now() - asked > DEAF) { asked = 0; if (socket) dropped(0); return; }
  if (ready && !asked && now() - heard >= BEAT) { asked = now(); send({ type: 'ping' }); }
}, 1000);

function banner(words, label, act) {
  var b = el('banner');
  notice = words || (offline ? say('offline') : '');
  write(b, notice);
  show(b, notice);
  if (label) b.appendChild(button(label, function () { banner(); if (act) act(); }));
}

/* ---- what the server says ---- */
var on = {
  welcome: function (f) {
    var other = epoch && f.epoch !== epoch;
    if (lost && !other) { end(lost); return; }
    token = f.token; epoch = f.epoch; tries = 0; ready = true; page = opening = '';
    if (f.as) dress(f.as);
    if (other) restore(f);
    clearTimeout(bannerTimer); bannerTimer = 0; offline = false; banner();
    state = f;
    draw();
    if (f.lang && f.lang !== lang) send({ type: 'lang', lang: lang });
    resend();
    if (wish && send({ type: wish }) && wish !== 'human') wish = '';
  },
  message: message,
  received: function (f) { settle(f.id); },
  state: function (f) {
    wish = '';
    name = f.name || name;
    state = f;
    draw();
  },
  typing: function () {
    dots(true);
    write(el('who'), say('typing', { name: name || say('counsellor') }));
    typingTimer = setTimeout(function () { dots(false); draw(); }, 5000);
  },
  error: function (f) {
    var m = f.re && byId[f.re];
    if (opening) { hook('refused', f); return; }
    wish = '';
    if (f.code === 'unknown-token' && !lost) { lost = f.text; start(); return; }
    if (m && m.stage < 2) {
      if (/rate-limited|busy|unavailable/.test(f.code)) {
        stage(m, 0);
        setTimeout(resend, (f.retry_s || 5) * 1000);
      } else stage(m, 3);
    }
    banner(f.text, doc.querySelector('.shut').textContent);
    draw();
  },
  forgotten: function () { clear(); end(say('gone')); }
};

/* The store lost its state: our last words go again, with their ids. */
function restore(f) {
  var n;
  seq = Math.min(seq, f.seq);
  for (n in bySeq) if (n > seq) delete bySeq[n];
  if (/w|co/.test(state.state) && f.state === 'bot') wish = 'human';
  own.slice(-50).forEach(function (m) { if (m.stage !== 3) stage(m, 0); });
}

function message(m) {
  var answer = m.re && m.from !== 'child' ? m.from + m.re + (m.lang || '') : '';
  var seen = (m.seq && bySeq[m.seq] === (m.lang || m.from)) || (answer && byAnswer[answer]) || (m.id && byId[m.id]);
  if (m.seq) { bySeq[m.seq] = m.lang || m.from; seq = Math.max(seq, m.seq); }
  if (answer) { byAnswer[answer] = 1; if (m.seq) settle(m.re); }
  if (m.from === 'bot' && wish) { wish = ''; draw(); }
  if (m.from === 'child') settle(m.id);
  if (lost && !m.re) seen = lost;
  lost = '';
  if (seen) return;
  if (m.id) { byId[m.id] = byId[m.id] || { stage: 2 }; count = Math.max(count, +m.id.slice(1) || 0); }
  if (m.name) name = m.name;
  m.parts = m.parts && m.parts.length ? m.parts : [{ text: m.text || '' }];
  m.at = 0;
  hurry();
  turns.push(m);
  pace();
}

/* ---- own messages ---- */
function put(frame, label) {
  var m = { frame: frame, mark: make('span', 'mark') };
  frame.id = 'm' + (++count);
  own.push(byId[frame.id] = m);
  hurry();
  bubble('child', '', label).appendChild(m.mark);
  stage(m, 0);
  resend();
  held = false;
  offer([]);
  hook('said');
  if (ready && state.state !== 'counsellor') typingTimer = setTimeout(function () { dots(true); }, 400);
}

function resend() {
  if (ready) own.forEach(function (m) { if (m.stage === 0 && send(m.frame)) stage(m, 1); });
}

function settle(id) { if (byId[id] && byId[id].mark) stage(byId[id], 2); }

function stage(m, n) {
  m.stage = n;
  write(m.mark, say(['waiting', 'sending', 'sent', 'failed'][n]));
}

function submit() {
  var words = text.value.replace(/^\s+|\s+$/g, '');
  if (!words) return;
  text.value = '';
  grow();
  put({ type: 'say', text: words }, words);
}

function ask(kind) {
  wish = kind;
  if (ready && send({ type: kind }) && kind !== 'human') wish = '';
  draw();
}

/* ---- bubbles at reading pace ---- */
var turns = [], paceTimer = 0, typingTimer, first = null;
var still = win.matchMedia ? win.matchMedia('(prefers-reduced-motion: reduce)') : { matches: true };

/* Numbers to call, danger and whatever comes late never wait. */
function urgent(m) {
  return still.matches || doc.hidden || m.from !== 'bot' || m.danger >= 2 ||
    /\b(now|urgent|emergency)\b/.test(m.node + ' ' + m.danger) ||
    m.parts.some(function (p) { return /tel:/.test(p.html || ''); });
}

function pace() {
  var m = turns[0], words, fast;
  paceTimer = 0;
  dots(false);
  if (!m) return;
  fast = urgent(m);
  words = m.parts[m.at].text || '';
  if (!m.at) { offer([]); first = own.length ? null : list.firstChild; }
  bubble(m.from, m.at ? '' : m.name, words, m.parts[m.at].html, m.lang);
  follow();
  if (++m.at < m.parts.length) {
    if (fast) pace(); else wait(Math.min(2400, 500 + words.length * 18));
    return;
  }
  turns.shift();
  if (m.from === 'bot') offer(m.choices || []); else draw();
  if (!turns[0]) later('shown', m);
  pace();
}

function wait(ms) {
  paceTimer = setTimeout(function () { dots(true); paceTimer = setTimeout(pace, 900); }, ms - 900);
}

function hurry() {
  while (paceTimer) {
    clearTimeout(paceTimer);
    if (turns[0]) turns[0].danger = 9;
    pace();
  }
}

function bubble(from, who, words, html, language) {
  var li = make('li', from + ' fresh'), label = from === 'child' ? say('you') : from === 'bot' ? say('computer') : who || name || say('counsellor');
  var body = make('div');
  li.appendChild(make('span', from === 'counsellor' && who ? 'name' : 'hid', label + ': '));
  if (html) build(html, body); else body.textContent = words;
  if (language) li.lang = language;
  if (!html) body.dir = 'auto';
  li.appendChild(body);
  list.appendChild(li);
  if (!first || from === 'child') { first = li; li.className += ' first'; }
  if (from !== 'child') { hook('speak', words, language); el('cover').className = 'fresh'; }
  return li;
}

var ALLOWED = /^(p|strong|em|a|ol|ul|li|br)$/, NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };

function plain(s) {
  return s.replace(/&(#(\d+)|[a-z]+);/g, function (all, word, code) { return code ? String.fromCharCode(code) : NAMED[word] || all; });
}

function build(html, into) {
  var token = /<(\/?)([a-z]+)([^>]*)>|[^<]+/gi, at = into, m, e, to;
  while ((m = token.exec(html))) {
    if (!m[2]) at.appendChild(doc.createTextNode(plain(m[0])));
    else if (m[1]) { if (at !== into && at.nodeName.toLowerCase() === m[2]) at = at.parentNode; }
    else if (ALLOWED.test(m[2])) {
      e = at.appendChild(make(m[2]));
      to = m[2] === 'a' && /href="((tel:|https:)[^"]*)"/.exec(m[3]);
      if (to) { e.href = plain(to[1]); e.rel = 'noopener noreferrer'; if (to[2] === 'https:') e.target = '_blank'; }
      if (m[2] !== 'br') at = e;
    }
  }
}

function offer(offered) {
  var lost = choices.contains(doc.activeElement);
  choices.textContent = '';
  offered.forEach(function (c) {
    choices.appendChild(button(c.label, function () { put({ type: 'choose', choice: c.id }, c.label); }));
  });
  if (lost) box.focus();
  follow();
}

function dots(yes) { clearTimeout(typingTimer); show(el('dots'), yes); if (yes) follow(); }

/* ---- reading: never scrolls away from what is being read ---- */
var held = false, last = 0;

function follow() {
  if (!held) box.scrollTop = first ? Math.min(box.scrollHeight, first.offsetTop - box.offsetTop - 8) : box.scrollHeight;
  below();
}

function below() {
  var more = box.scrollHeight - box.scrollTop - box.clientHeight > 48;
  show(down, more);
  if (more) write(down, '\u2193 ' + say(held ? 'new' : 'more-below'));
}

box.onscroll = function () {
  if (box.scrollTop < last - 4) held = true;
  if (box.scrollHeight - box.scrollTop - box.clientHeight < 24) held = false;
  last = box.scrollTop;
  below();
};
down.onclick = function () { held = false; box.scrollTop = box.scrollHeight; };

/* ---- who answers now ---- */
function range(from, to) {
  var low = Math.max(1, Math.floor(from / 60)), high = Math.max(low + 1, Math.ceil(to / 60));
  return to < 120 ? say('soon') : low > 29 ? say('long') : say('range', { low: low, high: high });
}

function clock(iso) {
  var at = new Date(iso), far = at - now() > 64800000;
  return at.toLocaleString(lang, { weekday: far ? 'long' : undefined, hour: '2-digit', minute: '2-digit' });
}

function standing() {
  var p = state.position;
  switch (state.state) {
    case 'waiting': return (p > 1 ? say('place', { n: p }) : say('next')) + ' ' +
      (state.counsellors === 0 ? say('nobody') : state.wait_to_s > 0 ? range(state.wait_from_s, state.wait_to_s) : '') + ' ' + say('meanwhile');
    case 'counsellor': return say('with', { name: name || say('counsellor') });
    case 'closed': return state.opens_at ? say('closed-until', { time: clock(state.opens_at) }) : say('closed');
    case 'ended': return say('ended');
  }
  return wish === 'human' ? say('asking') : '';
}

function draw() {
  var s = state.state, ended = s === 'ended';
  write(el('who'), standing());
  show(el('person'), (s === 'bot' || s === 'closed') && wish !== 'human');
  show(el('leave'), s === 'waiting');
  show(el('again'), ended);
  show(text, !ended);
  show(el('send'), !ended);
  hook('state', s);
  follow();
}

/* Over on the server; what was read stays until a new one. */
function end(words) {
  over = true;
  hangUp();
  offer([]);
  state = { state: 'ended' };
  draw();
  banner(words);
}

function clear() {
  token = epoch = wish = name = lost = ''; seq = count = 0; offline = false;
  bySeq = {}; byAnswer = {}; byId = {};
  blank();
}

function blank() {
  own = []; turns = []; first = null;
  clearTimeout(paceTimer); paceTimer = 0;
  while (list.children.length > 1) list.removeChild(list.lastChild);
  text.value = '';
  dots(false); offer([]); hook('hush');
}

function dress(who) {
  root.classList.remove(as);
  root.classList.add(as = who);
}

function begin(who, frame) {
  opening = frame || '';
  hook('fresh', opening);
  dress(who);
  clear();
  state = { state: 'bot' };
  over = false;
  show(el('start'), false);
  show(el('chat'), true);
  banner();
  draw();
  connect();
  box.focus();
}

/* ---- quick exit: cover, wipe, tell, go; no step waits for the network ---- */
function exit(e) {
  var to = el('exit').href, t = token, s = socket;
  if (e) e.preventDefault();
  if (root.className === 'away') return;
  root.className = 'away';
  wipe();
  if (t && s && s.readyState === 1) s.send(padded({ type: 'exit' }));
  /* What takes long on an old telephone comes after the empty page is drawn. */
  setTimeout(function () {
    if (t && navigator.sendBeacon) navigator.sendBeacon('/exit', t);
    home(navigator.onLine === false ? '' : to);
  });
  setTimeout(home, HOME);
}

/* Without a line, or when the other page does not come, an empty page of the
   browser itself takes the place of this one in the history. */
function home(to) {
  try { win.top.location.replace(to || 'about:blank'); } catch (x) { location.replace('about:blank'); }
}

function wipe() {
  over = true;
  clearInterval(idleTimer);
  clearTimeout(paceTimer);
  if (socket) socket.onmessage = socket.onclose = null;
  hook('hush');
  text.value = token = list.textContent = doc.body.textContent = '';
  own = turns = [];
}

var presses = [], pressed = '';
function pressing(e) {
  var key = e.key === 'Esc' ? 'Escape' : e.key;
  if (e.repeat) return;
  if (key !== 'Escape' && key !== 'Shift') { presses = []; return; }
  if (key !== pressed) presses = [];
  pressed = key;
  presses = presses.filter(function (t) { return now() - t < 5000; });
  presses.push(now());
  if (presses.length > 2) { exit(); return; }
  if (presses.length > 1 && !over) { banner(say('exit-left')); setTimeout(banner, 5000); }
  if (key === 'Escape') shut();
}

/* One finger wipes over the screen and back, quickly. Nothing else needs that
   movement, and no permission is asked for it as shaking would. */
var wipeX, wipeY, far, wipeAt;
function wiping(e) {
  var t = e.touches[0], d, least = win.innerWidth / 4;
  if (e.type === 'touchstart') {
    wipeX = e.touches.length > 1 ? NaN : t.clientX;
    wipeY = t.clientY; far = 0; wipeAt = now();
    return;
  }
  d = t.clientX - wipeX;
  if (Math.abs(t.clientY - wipeY) > least) wipeX = NaN;
  if (Math.abs(d) > Math.abs(far)) far = d;
  if (Math.abs(far) > least && Math.abs(far - d) > least && now() - wipeAt < 1500) exit();
}

/* ---- the cover: other apps, the task switcher, three minutes of nothing ---- */
var touched = now(), idleTimer;

function cover() {
  if (!el('cover').hidden || el('chat').hidden) return;
  root.className += ' covered';
  el('cover').className = '';
  show(el('cover'), true);
  hook('hush');
}
function uncover() {
  root.className = root.className.replace(' covered', '');
  show(el('cover'), false);
  touched = now();
  follow();
}
function touch() {
  touched = now();
  if (notice && notice === say('idle')) banner();
}

idleTimer = setInterval(function () {
  var quiet = now() - touched;
  if (quiet > IDLE) cover();
  else if (quiet > WARN && !notice && !over) banner(say('idle'));
}, 5000);

/* ---- sheets ---- */
var sheet = null, opener = null;

function open(id, by) {
  shut();
  sheet = el(id); opener = by;
  show(sheet, true);
  sheet.querySelector('h2').focus();
}
function shut() {
  if (!sheet) return;
  show(sheet, false);
  sheet = null;
  opener.focus();
}
doc.addEventListener('focus', function (e) {
  if (sheet && e.target.nodeType === 1 && !sheet.contains(e.target) && e.target !== el('exit')) sheet.querySelector('h2').focus();
}, true);
doc.addEventListener('click', function (e) {
  if (sheet && !e.target.closest('.sheet') && !opener.contains(e.target)) shut();
});

/* ---- what comes later ---- */
var fetched = false, todo = [];

function hook(name, a, b) { return P[name] && P[name](a, b); }

/* The script waits in the page under another type; a copy of it is started, so
   that a lost line can be tried again. */
function later(name, a) {
  var e;
  if (P.later) { P.later(name, a); return; }
  todo.push([name, a]);
  if (fetched) return;
  fetched = true;
  e = el('later').cloneNode();
  e.type = e.id = '';
  e.onerror = function () { fetched = false; };
  doc.body.appendChild(e);
}

/* What later.js may see and do. */
var P = win.praatpaal = {
  el: el, show: show, make: make, button: button, say: say, write: write, send: send, banner: banner, on: on,
  open: open, shut: shut, begin: begin, follow: follow, todo: todo,
  retry: function () { fetched = false; },
  talk: function () { return { lang: lang, own: own.length }; },
  back: function () { over = true; opening = ''; hangUp(); show(el('chat'), false); show(el('start'), true); },
  speaks: function (other) {
    lang = root.lang = other;
    own.forEach(function (m) { stage(m, m.stage); });
    draw();
    if (ready) send({ type: 'lang', lang: lang });
  }
};

/* ---- hands ---- */
function grow() {
  text.style.height = 'auto';
  text.style.height = Math.min(text.scrollHeight + 2, 160) + 'px';
}

var typed = 0;
function wire() {
  el('child').onclick = function () { begin('child'); };
  el('parent').onclick = function () { begin('parent'); };
  el('again').onclick = function () { begin(as); };
  el('exit').onclick = exit;
  el('person').onclick = function () { ask('human'); if (!ready) open('sheet-numbers', el('person')); };
  el('leave').onclick = function () { ask('bot'); };
  el('numbers').onclick = function () { later('numbers'); open('sheet-numbers', this); };
  el('more').onclick = function () { later('more'); open('sheet-more', this); };
  el('print').onclick = function () { win.print(); };
  el('language').onclick = function () { later('language', this.lang); };
  el('code').onclick = function () { later('code'); };
  el('cover').onclick = uncover;
  el('send').onclick = function () { submit(); text.focus(); };
  el('forget').onclick = function () {
    if (this.textContent !== say('sure')) { this.textContent = say('sure'); return; }
    shut();
    blank();
    ask('forget');
  };
  box.addEventListener('click', function (e) { if (!/^(A|BUTTON)$/.test(e.target.nodeName)) hurry(); });
  text.oninput = function () {
    grow();
    if (state.state === 'counsellor' && now() - typed > 3000) { typed = now(); send({ type: 'typing' }); }
  };
  text.onkeydown = function (e) {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) { e.preventDefault(); submit(); }
  };
  Array.prototype.forEach.call(doc.querySelectorAll('.shut'), function (b) { b.onclick = shut; });
}

function fit() {
  var v = win.visualViewport, p = el('page');
  if (!p || v.scale > 1.05) return;
  p.style.height = v.height + 'px';
  p.style.top = v.offsetTop + 'px';
  follow();
}

root.className = 'js';
wire();
if (page || location.search) history.replaceState(null, '', location.pathname);
doc.addEventListener('keydown', pressing, true);
['touchstart', 'touchmove'].forEach(function (n) { doc.addEventListener(n, wiping, true); });
['keydown', 'mousedown', 'mousemove', 'touchstart', 'wheel'].forEach(function (n) { doc.addEventListener(n, touch, true); });
doc.addEventListener('visibilitychange', function () { if (doc.hidden && el('cover')) cover(); else soon(); });
win.addEventListener('online', soon);
/* A page that holds us in a frame may pass the quick exit on. */
win.addEventListener('message', function (e) { if (e.source === win.parent && e.source !== win && e.data === 'exit') exit(); });
win.addEventListener('pagehide', function () { root.className = 'away'; wipe(); });
win.addEventListener('pageshow', function (e) { if (e.persisted) { root.className = 'away'; location.reload(); } });
if (win.visualViewport) visualViewport.onresize = visualViewport.onscroll = fit; else win.onresize = follow;
}());
