// A neighbour of Purser's in the extension host: it computes for too long, and it ends the thread of the gateway.
const { subscribe } = require('node:diagnostics_channel');
const { writeFileSync } = require('node:fs');
const vscode = require('vscode');

const times = 5;
const blockedMs = 300;

exports.activate = ({ subscriptions }) => {
  const threads = [];
  subscribe('worker_threads', ({ worker }) => threads.push(worker));
  subscriptions.push(
    vscode.commands.registerCommand('saboteur.block', () => block([])),
    vscode.commands.registerCommand('saboteur.endThread', () =>
      Promise.all(threads.map((thread) => thread.terminate())),
    ),
  );
};

/** Computes for 300 ms and lets the others have a turn, five times; notes from when to when. */
function block(spells) {
  const start = Date.now();
  while (Date.now() - start < blockedMs);
  spells.push({ start, end: Date.now() });
  if (spells.length < times) setTimeout(() => block(spells), 100);
  else writeFileSync(process.env.SABOTEUR_NOTES, JSON.stringify(spells));
}
