// Records the CMAP events of the Node.js driver and of `cmap monitor` under the same workload.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import readline from 'node:readline';

// The driver is installed below build/: NODE_MODULES names that folder.
const require = createRequire(path.join(process.env.NODE_MODULES, 'here.js'));
const { MongoClient } = require('mongodb');

const eventNames = [
  'connectionPoolCreated', 'connectionPoolReady', 'connectionPoolCleared', 'connectionPoolClosed',
  'connectionCreated', 'connectionReady', 'connectionClosed', 'connectionCheckOutStarted',
  'connectionCheckOutFailed', 'connectionCheckedOut', 'connectionCheckedIn',
];
export const eventCount = eventNames.length;

/** Both as "ConnectionPoolReady". */
export const typeOf = event => event.type ?? event.name[0].toUpperCase() + event.name.slice(1);

/** Events of one side, in their order. */
class Recording {
  events = [];
  #ended = false;
  #waiting = [];
  #look() {
    this.#waiting = this.#waiting.filter(wake => !wake());
  }
  add(event) {
    this.events.push(event);
    this.#look();
  }
  end() {
    this.#ended = true;
    this.#look();
  }
  count(type) {
    return this.events.filter(event => typeOf(event) === type).length;
  }
  /** Until there are as many of a type; fails where there will be no more. */
  until(type, count) {
    return new Promise((resolve, reject) => {
      const wake = () => {
        if (this.count(type) >= count) return resolve(), true;
        if (this.#ended) return reject(new Error(`there are no ${count} events ${type}`)), true;
        return false;
      };
      if (!wake()) this.#waiting.push(wake);
    });
  }
  /** As many more of a type as there are by now. */
  more(type, count) {
    return this.until(type, this.count(type) + count);
  }
}

/** What becomes of the next `times` pings of this application. */
async function failPings(uri, appName, times, data) {
  const client = new MongoClient(uri);
  try {
    await client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times },
      data: { failCommands: ['ping'], appName, ...data },
    });
  } finally {
    await client.close();
  }
}

/** `uri` with further options, and another password if one is given. */
function uriOf(uri, { options = {}, password }, appName) {
  const url = new URL(uri);
  if (password) url.password = password;
  for (const [key, value] of Object.entries({ ...options, appName })) {
    url.searchParams.set(key, value);
  }
  return url.href;
}

async function recordNode(uri, scenario) {
  const recording = new Recording();
  const client = new MongoClient(uriOf(uri, scenario, 'node'));
  for (const name of eventNames) client.on(name, event => recording.add(event));
  let goesOn = true;
  const ping = async () => {
    while (goesOn) {
      await client.db('admin').command({ ping: 1 }).catch(() => {});
    }
  };
  const workload = Array.from({ length: scenario.workload }, ping);
  await scenario.trouble(recording, (times, data) => failPings(uri, 'node', times, data));
  goesOn = false;
  await Promise.all(workload);
  await client.close();
  return recording.events;
}

async function recordCmap(uri, scenario) {
  const recording = new Recording();
  const options = ['--format', 'json', '--workload', scenario.workload, '--for', '60s'];
  const child = spawn(
    process.env.CMAP_PROGRAM, ['monitor', ...options, uriOf(uri, scenario, 'cmap')],
    { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'close').then(() => recording.end());
  const lines = readline.createInterface({ input: child.stdout });
  lines.on('line', line => recording.add(JSON.parse(line)));
  await scenario.trouble(recording, (times, data) => failPings(uri, 'cmap', times, data));
  child.kill('SIGINT');
  await ended;
  return recording.events;
}

/** Both, one after the other. */
export async function record(uri, scenario) {
  return { node: await recordNode(uri, scenario), cmap: await recordCmap(uri, scenario) };
}
