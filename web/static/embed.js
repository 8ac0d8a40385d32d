/* The one tag for partners:
   <script src="https://…/embed.js" data-lang="nl" data-topic="sextortion" async></script>
   It puts the chat in a frame after itself. It reads and keeps nothing, and
   passes the quick exit keys on, so that they work wherever the focus is. */
(function () {
'use strict';
var me = document.currentScript, from = new URL(me.src).origin, frame = document.createElement('iframe'), presses = [], last = '';
var lang = me.getAttribute('data-lang'), topic = me.getAttribute('data-topic');

frame.src = from + '/embed' + (lang ? '?lang=' + encodeURIComponent(lang) : '') + (topic ? '#' + encodeURI(topic) : '');
frame.title = me.getAttribute('data-title') || 'Chat';
frame.referrerPolicy = 'no-referrer';
frame.style.cssText = 'display:block;width:100%;min-width:280px;height:640px;max-height:96vh;border:0;border-radius:16px';
me.parentNode.insertBefore(frame, me.nextSibling);

addEventListener('keydown', function (e) {
  var now = new Date().getTime();
  if (e.repeat) return;
  if (e.key !== last) presses = [];
  last = e.key;
  if (e.key !== 'Escape' && e.key !== 'Shift') return;
  presses = presses.filter(function (t) { return now - t < 5000; });
  presses.push(now);
  if (presses.length < 3) return;
  document.documentElement.style.visibility = 'hidden';
  frame.contentWindow.postMessage('exit', from);
  setTimeout(function () { location.replace('about:blank'); }, 4000);
}, true);
}());
