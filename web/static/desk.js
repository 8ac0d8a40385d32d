/* The counsellor's end: the line, up to five chats, and what is known of each.
   Subprotocol praatpaal.desk.v1. Nothing is kept in the browser. */
(function () {
'use strict';
var win = window, doc = document, root = doc.documentElement;
var MOST = 5, BEAT = 15000, DEAF = 10000, AGAIN = 15000;
var ICON = { emergency: '\u25b2\u25b2', urgent: '\u25b2', concern: '\u25cf', none: '\u25cb' };
var RANK = { none: 0, concern: 1, urgent: 2, emergency: 3 };

function el(id) { return doc.getElementById(id); }
function now() { return new Date().getTime(); }
function show(e, yes) { e.hidden = !yes; }
function write(e, text) { if (e.textContent !== text) e.textContent = text; }
function make(tag, kind, text) {
  var e = doc.createElement(tag);
  if (kind) e.className = kind;
  if (text) e.textContent = text;
  return e;
}
function button(label, act, kind) {
  var b = make('button', kind, label);
  b.type = 'button';
  b.onclick = act;
  return b;
}
function say(key) { return el('t').getAttribute('data-t-' + key.replace(/_/g, '-')) || key.replace(/^\w+_/, ''); }
function each(list, act) { Array.prototype.forEach.call(list, act); }

/* ---- the desk ---- */
var me = '', epoch = '', ahead = 0;        // ahead: the server's clock minus ours
var waiting = [], team = [], away = false;
var chats = {}, order = [], current = '';
var wanted = '';                           // what was claimed by hand: an id, or * for the next
var mark = 'd' + Math.random().toString(36).slice(2, 10) + '-', count = 0;

/* ---- the line to the server ---- */
var socket = null, ready = false, over = false, tries = 0, heard = 0, asked = 0, retryTimer;

function connect() {
  clearTimeout(retryTimer);
  if (socket || over) return;
  var s = socket = new WebSocket(location.protocol.replace('http', 'ws') + '//' + location.host + '/counsellor/ws', 'praatpaal.desk.v1');
  asked = now();
  s.onmessage = function (e) {
    var f;
    heard = now(); asked = 0;
    try { f = JSON.parse(e.data); } catch (x) { return; }
    if (s === socket && on.hasOwnProperty(f.type)) on[f.type](f);
  };
  s.onclose = function (e) { if (s === socket) dropped(e.code, e.reason); };
}

function send(frame) {
  if (!socket || socket.readyState !== 1) return false;
  socket.send(JSON.stringify(frame));
  return true;
}

function dropped(code, reason) {
  var told = /retry (\d+(\.\d+)?)/.exec(reason || ''), s = socket;
  var wait = told ? told[1] * 1000 : Math.random() * Math.min(30000, 1000 * Math.pow(2, tries++));
  socket = null; ready = false;
  if (s) { s.onmessage = s.onclose = null; s.close(); }
  each(order, function (id) { chats[id].own.forEach(function (m) { if (m.stage === 1) stage(m, 0); }); });
  over = code === 4001 || code === 4003;
  if (code === 4003) { location.reload(); return; }
  link(say(over ? 'elsewhere' : 'offline'), true);
  if (over) notice(say('elsewhere'), say('here'), function () { over = false; connect(); });
  else retryTimer = setTimeout(connect, wait);
  /* A desk that is not signed in any more is refused before the socket opens. */
  if (tries > 2 && !over) signedIn();
}

function signedIn() {
  var x = new XMLHttpRequest();
  x.open('GET', location.pathname);
  x.responseType = 'document';
  x.onload = function () { if (x.response && !x.response.getElementById('waiting')) { over = true; clearTimeout(retryTimer); notice(say('signed_out')); location.reload(); } };
  x.send();
}

setInterval(function () {
  if (asked && now() - asked > DEAF) { asked = 0; if (socket) dropped(0); return; }
  if (ready && !asked && now() - heard >= BEAT) { asked = now(); send({ type: 'ping' }); }
}, 1000);

function link(words, bad) {
  write(el('link'), words);
  el('link').className = bad ? 'bad' : '';
}

function notice(words, label, act) {
  var n = el('notice');
  n.textContent = words || '';
  show(n, words);
  if (!label && words && !over) n.appendChild(button(doc.querySelector('#sheet-keys .shut').textContent, function () { notice(''); }));
  if (label) n.appendChild(button(label, function () { notice(''); act(); }));
  follow();
}

/* ---- frames ---- */
var on = {
  hello: function (f) {
    var lost = epoch && f.epoch !== epoch;
    me = f.name; epoch = f.epoch; tries = 0; ready = true;
    write(el('me'), me);
    link(say('online'));
    if (away) send({ type: 'away', away: true });
    each(order, function (id) {
      var c = chats[id];
      if (lost) { c.shown = {}; c.own.slice(-50).forEach(function (m) { if (m.stage !== 3) m.stage = 0; }); }
      resend(c);
    });
  },
  line: function (f) {
    var known = {};
    ahead = f.now ? new Date(f.now).getTime() - now() : 0;
    waiting.forEach(function (w) { known[w.conversation] = 1; });
    waiting = f.waiting || []; team = f.counsellors || [];
    var fresh = waiting.filter(function (w) { return !known[w.conversation]; });
    if (fresh.length) alarm(fresh);
    drawLine();
    drawTeam();
  },
  claimed: function (f) {
    var c = chats[f.conversation] || add(f.conversation), k;
    for (k in f) if (k !== 'messages' && k !== 'type') c.info[k] = f[k];
    c.gone = '';
    (f.messages || []).forEach(function (m) { put(c, m, true); });
    if (!current || wanted === '*' || wanted === f.conversation) choose(f.conversation);
    if (wanted) { wanted = ''; el('text').focus(); }
    drawTabs(); drawTalk(); drawAbout(); drawLine();
  },
  message: function (f) {
    var c = chats[f.conversation];
    if (!c || !put(c, f) || f.from !== 'child') return;
    c.typing = 0;
    if (f.conversation !== current || doc.hidden) { c.unread++; beep('message'); drawTabs(); }
    drawTyping();
  },
  received: function (f) {
    var c = chats[f.conversation], m = c && c.byId[f.id];
    if (m) { if (f.seq) c.shown[f.seq] = 1; stage(m, 2); }
  },
  typing: function (f) {
    var c = chats[f.conversation];
    if (!c) return;
    c.typing = now();
    drawTyping();
    setTimeout(drawTyping, 6000);
  },
  connected: function (f) {
    var c = chats[f.conversation];
    if (c) { c.info.connected = f.connected; drawTabs(); drawAbout(); }
  },
  danger: function (f) {
    var c = chats[f.conversation], up;
    if (!c) return;
    up = RANK[f.danger] > RANK[c.info.danger];
    c.info.danger = f.danger; c.info.topic = f.topic || c.info.topic; c.info.why = f.why || c.info.why;
    if (up) { beep(f.danger); notice(say('danger_up') + ': ' + name(c)); }
    drawTabs(); drawAbout();
  },
  note: function (f) {
    var c = chats[f.conversation];
    if (c) { (c.info.notes = c.info.notes || []).push(f); drawAbout(); }
  },
  gone: function (f) {
    var c = chats[f.conversation];
    if (!c) return;
    c.gone = f.how;
    c.info.since = '';
    /* Who leaves by the quick exit, or erases, is erased here too. */
    if (f.how === 'exit' || f.how === 'forgotten') { c.list.textContent = ''; c.own = []; c.info.notes = []; c.info.told = []; }
    if (f.how === 'ended' || f.how === 'released' || f.how === 'handed-over') { remove(f.conversation); return; }
    beep('message');
    drawTabs(); drawTalk(); drawAbout();
  },
  error: function (f) {
    var c = chats[f.conversation], m = c && f.re && c.byId[f.re];
    if (m && m.stage < 2) {
      stage(m, /busy|unavailable|rate-limited/.test(f.code) ? 0 : 3);
      if (m.stage === 0) setTimeout(function () { resend(c); }, (f.retry_s || 5) * 1000);
    }
    wanted = '';
    notice(f.text);
    drawLine();
  }
};

/* ---- chats ---- */
function add(id) {
  order.push(id);
  return (chats[id] = { id: id, info: {}, list: make('ol'), shown: {}, byId: {}, own: [], draft: '', unread: 0, typing: 0, gone: '' });
}

function remove(id) {
  order = order.filter(function (x) { return x !== id; });
  delete chats[id];
  if (current === id) { current = ''; choose(order[0] || ''); }
  drawTabs(); drawLine();
}

function choose(id) {
  var log = el('log');
  if (chats[current]) chats[current].draft = el('text').value;
  current = id;
  log.setAttribute('aria-live', 'off');
  log.textContent = '';
  if (chats[id]) { log.appendChild(chats[id].list); chats[id].unread = 0; el('text').value = chats[id].draft; }
  setTimeout(function () { log.setAttribute('aria-live', 'polite'); }, 300);
  drawTabs(); drawTalk(); drawAbout();
  if (id) pane('talk');
  stuck = true;
  follow();
}

function name(c) { return (order.indexOf(c.id) + 1) + ' ' + say('topic_' + (c.info.topic || 'unknown')); }

/* put shows a message once, and tells whether it was new. */
function put(c, m, old) {
  var mine = m.from === 'counsellor' && (c.byId[m.id] || c.byId[m.re]), at;
  if (m.from === 'note') { (c.info.notes = c.info.notes || []).push(m); return false; }
  if (m.seq && c.shown[m.seq]) return false;
  if (m.seq) c.shown[m.seq] = 1;
  if (mine) { stage(mine, 2); return false; }
  at = turn(c, m);
  if (m.from === 'bot' && m.node && !old) drawAbout();
  c.list.appendChild(at);
  if (c.id === current) follow();
  return true;
}

function turn(c, m) {
  var li = make('li', 'turn ' + m.from), words = make('div', 'words'), at = m.at ? new Date(m.at) : new Date();
  var who = m.from === 'counsellor' ? m.name || me : say('from_' + (m.from === 'child' && c.info.as === 'parent' ? 'parent' : m.from));
  li.appendChild(make('span', 'from', who + ' \u00b7 ' + at.toLocaleTimeString(root.lang, { hour: '2-digit', minute: '2-digit' })));
  if (m.parts && m.parts.length) m.parts.forEach(function (p) {
    if (p.html && m.from === 'bot') build(p.html, words); else words.appendChild(make('p', '', p.text));
  });
  else words.textContent = m.text;
  words.dir = 'auto';
  words.lang = m.lang || c.info.lang || '';
  li.appendChild(words);
  return li;
}

/* The newest words stay in view, unless the counsellor has scrolled back. */
var stuck = true;
function follow() { if (stuck) el('box').scrollTop = el('box').scrollHeight; }

var ALLOWED = /^(p|strong|em|a|ol|ul|li|br)$/, NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };

function plain(s) {
  return s.replace(/&(#(\d+)|[a-z]+);/g, function (all, word, code) { return code ? String.fromCharCode(code) : NAMED[word] || all; });
}

/* The bot's markup is rebuilt tag by tag; no string is ever parsed as HTML. */
function build(html, into) {
  var token = /<(\/?)([a-z]+)([^>]*)>|[^<]+/gi, at = into, m, e, to;
  while ((m = token.exec(html))) {
    if (!m[2]) at.appendChild(doc.createTextNode(plain(m[0])));
    else if (m[1]) { if (at !== into && at.nodeName.toLowerCase() === m[2]) at = at.parentNode; }
    else if (ALLOWED.test(m[2])) {
      e = at.appendChild(make(m[2]));
      to = m[2] === 'a' && /href="((tel:|https:)[^"]*)"/.exec(m[3]);
      if (to) { e.href = plain(to[1]); e.rel = 'noopener noreferrer'; e.target = '_blank'; }
      if (m[2] !== 'br') at = e;
    }
  }
}

/* ---- own words ---- */
function submit() {
  var c = chats[current], words = el('text').value.replace(/^\s+|\s+$/g, ''), m;
  if (!c || c.gone || !words) return;
  m = { frame: { type: 'say', conversation: current, id: mark + (++count), text: words }, mark: make('span', 'stage'), stage: 0 };
  el('text').value = c.draft = '';
  c.own.push(c.byId[m.frame.id] = m);
  var li = turn(c, { from: 'counsellor', text: words });
  li.appendChild(m.mark);
  c.list.appendChild(li);
  stage(m, 0);
  resend(c);
  stuck = true;
  follow();
}

function resend(c) {
  if (ready && !c.gone) c.own.forEach(function (m) { if (m.stage === 0 && send(m.frame)) stage(m, 1); });
}

function stage(m, n) {
  m.stage = n;
  write(m.mark, say(['waiting', 'sending', 'sent', 'failed'][n]));
}

function claim(id) {
  if (order.length >= MOST) { notice(say('full')); return; }
  wanted = id || '*';
  send(id ? { type: 'claim', conversation: id } : { type: 'claim' });
}

function act(frame) {
  if (!chats[current] || chats[current].gone) return;
  frame.conversation = current;
  send(frame);
}

/* ---- drawing ---- */
function badge(danger) {
  var b = make('b', 'badge ' + danger);
  b.appendChild(make('span', '', ICON[danger] || '')).setAttribute('aria-hidden', 'true');
  b.appendChild(doc.createTextNode(' ' + say('danger_' + danger)));
  return b;
}

function age(since) {
  var s = Math.max(0, Math.floor((now() + ahead - new Date(since).getTime()) / 1000)), m = Math.floor(s / 60);
  return (m > 59 ? Math.floor(m / 60) + ':' + ('0' + m % 60).slice(-2) : m) + ':' + ('0' + s % 60).slice(-2);
}

function drawLine() {
  var ol = el('waiting'), held = doc.activeElement && doc.activeElement.getAttribute('data-claim');
  ol.textContent = '';
  waiting.forEach(function (w) {
    var li = make('li', w.danger), top = make('div', 'row'), time = make('span', 'time', age(w.since)), low = make('div', 'row'), take;
    top.appendChild(badge(w.danger));
    time.setAttribute('data-since', w.since);
    top.appendChild(time);
    li.appendChild(top);
    li.appendChild(make('p', '', say('topic_' + (w.topic || 'unknown')) + ' \u00b7 ' + say('role_' + (w.role || 'unknown'))));
    low.appendChild(make('span', 'soft', [say('as_' + w.as), (w.lang || '').toUpperCase(), say(w.connected ? 'connected' : 'disconnected')].join(' \u00b7 ')));
    take = button(say('claim'), function () { claim(w.conversation); });
    take.disabled = order.length >= MOST;
    take.setAttribute('data-claim', w.conversation);
    take.setAttribute('aria-label', say('claim') + ': ' + say('danger_' + w.danger) + ', ' + say('topic_' + (w.topic || 'unknown')));
    low.appendChild(take);
    li.appendChild(low);
    ol.appendChild(li);
    if (held === w.conversation) take.focus();
  });
  write(el('count'), waiting.length ? String(waiting.length) : '');
  el('next').disabled = !waiting.length || order.length >= MOST;
  write(el('room'), order.length >= MOST ? say('full') : waiting.length ? '' : say('nobody'));
  title();
}

function drawTeam() {
  var ul = el('team'), to = el('to'), was = to.value;
  ul.textContent = to.textContent = '';
  to.appendChild(make('option', '', say('choose'))).value = '';
  team.forEach(function (t) {
    ul.appendChild(make('li', '', t.name + ' \u00b7 ' + say(t.away ? 'away' : 'present')));
    if (t.name !== me && !t.away) to.appendChild(make('option', '', t.name)).value = t.name;
  });
  to.value = was;
  if (to.selectedIndex < 0) to.value = '';
}

function drawTabs() {
  var tabs = el('tabs'), held = doc.activeElement && tabs.contains(doc.activeElement), sum = 0;
  tabs.textContent = '';
  order.forEach(function (id) {
    var c = chats[id], b = button('', function () { choose(id); });
    b.appendChild(make('span', '', ICON[c.info.danger] || '')).setAttribute('aria-hidden', 'true');
    b.appendChild(doc.createTextNode(' '));
    if (c.unread) {
      sum += c.unread;
      b.appendChild(make('span', 'count', String(c.unread)));
      b.appendChild(make('span', 'hid', ' ' + say('unread')));
    }
    b.appendChild(doc.createTextNode([' ' + name(c), (c.info.lang || '').toUpperCase()].concat(c.info.connected === false ? say('disconnected') : []).join(' \u00b7 ')));
    if (id === current) b.setAttribute('aria-current', 'true');
    tabs.appendChild(b);
    if (held && id === current) b.focus();
  });
  write(el('fresh'), sum ? String(sum) : '');
  title();
}

function drawTalk() {
  var c = chats[current];
  show(el('empty'), !c);
  show(el('write'), c && !c.gone);
  if (c && c.gone) notice(say('gone_' + c.gone), say('remove'), function () { remove(c.id); });
  else if (!over) notice('');
  drawTyping();
}

function drawTyping() {
  var c = chats[current];
  write(el('typing'), c && now() - c.typing < 6000 ? say('from_' + (c.info.as === 'parent' ? 'parent' : 'child')) + ' ' + say('typing') : '');
}

function lines(ul, rows) {
  ul.textContent = '';
  (rows || []).forEach(function (r) { ul.appendChild(make('li', '', r)); });
  show(ul, rows && rows.length);
  if (ul.previousElementSibling) show(ul.previousElementSibling, ul.id === 'notes' || (rows && rows.length));
}

function drawAbout() {
  var c = chats[current], i = c && c.info, dl = el('list');
  show(el('facts'), c);
  if (!c) return;
  el('danger').textContent = '';
  el('danger').appendChild(badge(i.danger || 'none'));
  lines(el('why'), i.why);
  dl.textContent = '';
  [['topic', say('topic_' + (i.topic || 'unknown'))], ['role', say('role_' + (i.role || 'unknown'))], ['entrance', say('as_' + (i.as || 'child'))],
    ['language', (i.lang || '').toUpperCase() + ' \u00b7 ' + say(i.connected === false ? 'disconnected' : 'connected')], ['since', i.since ? age(i.since) : '']
  ].forEach(function (row) {
    dl.appendChild(make('dt', '', say(row[0])));
    var dd = dl.appendChild(make('dd', row[0] === 'since' ? 'time' : '', row[1]));
    if (row[0] === 'since' && i.since) dd.setAttribute('data-since', i.since);
  });
  lines(el('told'), i.told);
  lines(el('notes'), (i.notes || []).map(function (n) { return typeof n === 'string' ? n : (n.name ? n.name + ': ' : '') + n.text; }));
  show(el('acts'), !c.gone);
  show(el('note'), !c.gone);
  show(el('add'), !c.gone);
}

function title() {
  var unread = order.reduce(function (n, id) { return n + chats[id].unread; }, 0), urgent = waiting.some(function (w) { return RANK[w.danger] > 1; });
  doc.title = (waiting.length ? '(' + waiting.length + (urgent ? '!' : '') + ') ' : '') + (unread ? '\u2022' + unread + ' ' : '') + say('title');
}

setInterval(function () {
  each(doc.querySelectorAll('[data-since]'), function (e) { write(e, age(e.getAttribute('data-since'))); });
}, 1000);

function pane(which) {
  doc.querySelector('main').className = which;
  each(el('panes').children, function (b) {
    if (b.getAttribute('data-pane') === which) b.setAttribute('aria-current', 'true'); else b.removeAttribute('aria-current');
  });
}

/* ---- sound: made here, by a switch, and again until taken when it is urgent ---- */
var audio = null, sound = true;

function wake() {
  var Audio = win.AudioContext || win.webkitAudioContext;
  if (!audio && Audio) audio = new Audio();
  if (audio && audio.state === 'suspended') audio.resume();
}

function tone(hertz, from, length) {
  var o = audio.createOscillator(), g = audio.createGain(), t = audio.currentTime + from;
  o.frequency.value = hertz;
  o.connect(g);
  g.connect(audio.destination);
  g.gain.setValueAtTime(0.0001, t);
  g.gain.exponentialRampToValueAtTime(0.2, t + 0.02);
  g.gain.exponentialRampToValueAtTime(0.0001, t + length);
  o.start(t);
  o.stop(t + length);
}

function beep(kind) {
  if (!sound || !audio || audio.state !== 'running') return;
  if (kind === 'emergency') [880, 660, 880, 660].forEach(function (h, i) { tone(h, i * 0.2, 0.18); });
  else if (kind === 'urgent') [740, 880].forEach(function (h, i) { tone(h, i * 0.22, 0.2); });
  else if (kind === 'message') tone(520, 0, 0.12);
  else tone(620, 0, 0.3);
}

function worst(list) {
  return list.reduce(function (w, x) { return RANK[x.danger] > RANK[w] ? x.danger : w; }, 'none');
}
function alarm(list) { if (!away && list.length) beep(worst(list)); }
setInterval(function () {
  alarm(waiting.filter(function (w) { return RANK[w.danger] > 1 && w.connected !== false; }));
}, AGAIN);

function press(id, yes) { el(id).setAttribute('aria-pressed', yes); }
function mute() { sound = !sound; press('sound', sound); }

/* ---- sheets and keys ---- */
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
  if (sheet && e.target.nodeType === 1 && !sheet.contains(e.target)) sheet.querySelector('h2').focus();
}, true);

function finish() { if (chats[current] && !chats[current].gone) open('sheet-end', el('end')); }

var KEYS = {
  n: function () { claim(); }, r: function () { pane('talk'); el('text').focus(); }, o: function () { pane('about'); el('note').focus(); },
  e: finish, m: mute, '?': function () { open('sheet-keys', el('help')); }
};

function keyed(e) {
  var field = /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.nodeName);
  wake();
  if (e.key === 'Escape') { if (sheet) shut(); else if (field) e.target.blur(); return; }
  if (field || e.ctrlKey || e.metaKey || e.altKey || sheet || !el('keys').checked) return;
  if (/^[1-5]$/.test(e.key) && order[e.key - 1]) { choose(order[e.key - 1]); el('text').focus(); e.preventDefault(); }
  else if (KEYS.hasOwnProperty(e.key.toLowerCase())) { e.preventDefault(); KEYS[e.key.toLowerCase()](); }
}

/* ---- the other language: the same page is fetched, and only its words are taken ---- */
function switchTo(other) {
  var x = new XMLHttpRequest();
  x.open('GET', location.pathname);
  x.setRequestHeader('Accept-Language', other);
  x.responseType = 'document';
  x.onload = function () { if (x.response) reword(x.response); };
  x.send();
}

function reword(from) {
  var fresh = from.querySelectorAll('[data-i]'), e = doc.querySelectorAll('[data-i]'), i, k, a;
  if (fresh.length !== e.length) return;
  for (i = 0; i < e.length; i++) {
    for (k = 0; k < fresh[i].attributes.length; k++) {
      a = fresh[i].attributes[k];
      if (/^(data-t|aria-l|placeholder|lang)/.test(a.name)) e[i].setAttribute(a.name, a.value);
    }
    if (!e[i].firstElementChild) e[i].textContent = fresh[i].textContent;
  }
  root.lang = from.documentElement.lang;
  link(say(ready ? 'online' : 'offline'), !ready);
  each(order, function (id) { chats[id].own.forEach(function (m) { stage(m, m.stage); }); });
  drawLine(); drawTeam(); drawTabs(); drawTalk(); drawAbout();
}

/* ---- hands ---- */
var typed = 0;
function wire() {
  el('box').onscroll = function () { stuck = this.scrollHeight - this.scrollTop - this.clientHeight < 60; };
  win.addEventListener('resize', follow);
  el('next').onclick = function () { claim(); };
  el('send').onclick = submit;
  el('pause').onclick = function () { away = !away; press('pause', away); send({ type: 'away', away: away }); };
  el('sound').onclick = mute;
  el('test').onclick = function () { var was = sound; sound = true; wake(); setTimeout(function () { beep('urgent'); sound = was; }, 60); };
  el('language').onclick = function () { switchTo(this.lang); };
  el('help').onclick = KEYS['?'];
  el('end').onclick = finish;
  el('bot').onclick = function () { act({ type: 'release', to: 'bot' }); };
  el('back').onclick = function () { act({ type: 'release', to: 'line' }); };
  el('over').onclick = function () { if (el('to').value) act({ type: 'hand-over', to: el('to').value }); else el('to').focus(); };
  el('add').onclick = note;
  each(doc.querySelectorAll('.shut'), function (b) { b.onclick = shut; });
  each(doc.querySelectorAll('[data-outcome]'), function (b) {
    b.onclick = function () { shut(); act({ type: 'end', outcome: b.getAttribute('data-outcome') }); };
  });
  each(el('panes').children, function (b) { b.onclick = function () { pane(b.getAttribute('data-pane')); }; });
  el('text').oninput = function () {
    if (current && now() - typed > 3000) { typed = now(); act({ type: 'typing' }); }
  };
  el('text').onkeydown = function (e) {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) { e.preventDefault(); submit(); }
  };
}

function note() {
  var words = el('note').value.replace(/^\s+|\s+$/g, ''), c = chats[current];
  if (!c || !words || !send({ type: 'note', conversation: current, text: words })) return;
  el('note').value = '';
  (c.info.notes = c.info.notes || []).push({ name: me, text: words });
  drawAbout();
}

wire();
link('');
connect();
doc.addEventListener('keydown', keyed);
doc.addEventListener('click', wake);
win.addEventListener('online', function () { if (!ready && !socket) connect(); });
doc.addEventListener('visibilitychange', function () { if (!doc.hidden && !socket) connect(); if (!doc.hidden && chats[current]) { chats[current].unread = 0; drawTabs(); } });
win.addEventListener('pageshow', function (e) { if (e.persisted) location.reload(); });
}());
