// The CMAP events of the Node.js driver beside those of `cmap monitor`: the same workload against the
// same server, a broken connection in the middle.
//
// usage: node events.mjs SCENARIO URI      CMAP_PROGRAM names the program
//
// Compared are which events there are, the fields of each, the order of the events of every
// connection, and the order of everything around the broken connection. Every difference must be in
// the table below, and every line of the table must be a difference.
//
// Prints "PASS what" or "FAIL what: why" for each check. Exit status: 0 all passed, 1 not.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import readline from 'node:readline';

// The driver is installed below build/: NODE_MODULES names that folder.
const require = createRequire(path.join(process.env.NODE_MODULES, 'here.js'));
const { MongoClient } = require('mongodb');

/** What differs, and what the specification says to it. */
const explained = {
  'field name of Node': 'no field of the specification: the type of the event says it',
  'field type of cmap': 'no field of the specification: Node has it as the class and the name',
  'field time of Node': 'no field of the specification: a time of day; timeMS of cmap is the same',
  'field timeMS of cmap': 'no field of the specification: time of Node is the same',
  'field counts of cmap': 'no field of the specification: drivers may add some (CMAP, Events)',
  'field checkOutId of cmap': 'no field of the specification: drivers may add some (CMAP, Events)',
  'field error of Node in ConnectionClosed':
    'not in the event of the specification; cmap has it in log messages and in the format node',
  'field serviceId of Node in ConnectionClosed': 'not in the event of the specification',
  'field serviceId of Node in ConnectionPoolCleared':
    'only in load-balanced mode (CMAP, PoolClearedEvent); Node has it undefined',
  'options of Node that repeat defaults':
    'only the non-default options (CMAP, PoolCreatedEvent); Node shows all',
};

const eventNames = [
  'connectionPoolCreated', 'connectionPoolReady', 'connectionPoolCleared', 'connectionPoolClosed',
  'connectionCreated', 'connectionReady', 'connectionClosed', 'connectionCheckOutStarted',
  'connectionCheckOutFailed', 'connectionCheckedOut', 'connectionCheckedIn',
];
const defaults = {
  maxPoolSize: 100, minPoolSize: 0, maxIdleTimeMS: 0, maxConnecting: 2, waitQueueTimeoutMS: 0,
};

let failures = 0;
function check(what, wrong) {
  if (wrong) ++failures;
  console.log(wrong ? `FAIL ${what}: ${wrong}` : `PASS ${what}`);
}

/** Both as "ConnectionPoolReady". */
const typeOf = event => event.type ?? event.name[0].toUpperCase() + event.name.slice(1);

/** Events of one side; `until` waits for as many of a type. */
class Recording {
  events = [];
  #waiting = [];
  add(event) {
    this.events.push(event);
    this.#waiting = this.#waiting.filter(({ is, resolve }) => !is() || resolve());
  }
  until(type, count) {
    const is = () => this.events.filter(event => typeOf(event) === type).length >= count;
    if (is()) return Promise.resolve();
    return new Promise(resolve => this.#waiting.push({ is, resolve }));
  }
}

/** The next ping of this application finds its connection closed. */
async function breakOneConnection(uri, appName) {
  const client = new MongoClient(uri);
  try {
    await client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['ping'], closeConnection: true, appName },
    });
  } finally {
    await client.close();
  }
}

/** Pings, a broken connection, and pings again once the pool is ready. */
async function meetTrouble(recording, uri, appName) {
  await recording.until('ConnectionCheckedIn', 20);
  await breakOneConnection(uri, appName);
  await recording.until('ConnectionPoolReady', 2);
  const checkedIn = recording.events.filter(e => typeOf(e) === 'ConnectionCheckedIn').length;
  await recording.until('ConnectionCheckedIn', checkedIn + 20);
}

async function recordNode(uri) {
  const recording = new Recording();
  const client = new MongoClient(uri, { appName: 'node' });
  for (const name of eventNames) client.on(name, event => recording.add(event));
  let goesOn = true;
  const workload = (async () => {
    while (goesOn) {
      await client.db('admin').command({ ping: 1 }).catch(() => {});
    }
  })();
  await meetTrouble(recording, uri, 'node');
  goesOn = false;
  await workload;
  await client.close();
  return recording.events;
}

async function recordCmap(uri, program) {
  const recording = new Recording();
  const options = ['monitor', '--format', 'json', '--workload', '1', '--for', '60s'];
  const separator = uri.includes('?') ? '&' : '?';
  const child = spawn(program, [...options, `${uri}${separator}appName=cmap`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  readline.createInterface({ input: child.stdout }).on('line', line => recording.add(JSON.parse(line)));
  await meetTrouble(recording, uri, 'cmap');
  child.kill('SIGINT');
  await ended;
  return recording.events;
}

/** For each type the fields that any of its events has. */
function fieldsOf(events) {
  const fields = new Map();
  for (const event of events) {
    const type = typeOf(event);
    if (!fields.has(type)) fields.set(type, new Set());
    for (const field of Object.keys(event)) fields.get(type).add(field);
  }
  return fields;
}

/** For each connection its events, repetitions of use as one: "Created Ready use* Closed(error)". */
function livesOf(events) {
  const lives = new Map();
  for (const event of events) {
    if (event.connectionId === undefined) continue;
    const word = typeOf(event).replace('Connection', '') + (event.reason ? `(${event.reason})` : '');
    const life = lives.get(event.connectionId) ?? '';
    lives.set(event.connectionId, life ? `${life} ${word}` : word);
  }
  return new Set([...lives.values()].map(life => life.replace(/(CheckedOut CheckedIn ?)+/g, 'use* ')));
}

/** From the check-out of the connection that breaks to the next event that is no consequence. */
function troubleOf(events) {
  const cleared = events.findIndex(event => typeOf(event) === 'ConnectionPoolCleared');
  const broken = events.findIndex(
    (event, at) => typeOf(event) === 'ConnectionClosed' && at > cleared - 3);
  const words = events.slice(cleared - 1, broken + 1).map(typeOf);
  return words.map(word => word.replace('Connection', '')).join(' ');
}

const difference = (a, b) => [...a].filter(element => !b.has(element));

/** All differences, under the names of the table. */
function differencesOf(node, cmap) {
  const found = new Map();
  const differ = (what, detail) => found.set(what, detail ?? what);
  const [nodeFields, cmapFields] = [fieldsOf(node), fieldsOf(cmap)];
  for (const type of difference(nodeFields.keys(), cmapFields)) differ(`event ${type} of Node`);
  for (const type of difference(cmapFields.keys(), nodeFields)) differ(`event ${type} of cmap`);
  for (const [type, fields] of nodeFields) {
    const others = cmapFields.get(type) ?? fields;
    const name = (field, side) => {
      const general = `field ${field} of ${side}`;
      return explained[general] ? general : `${general} in ${type}`;
    };
    for (const field of difference(fields, others)) differ(name(field, 'Node'));
    for (const field of difference(others, fields)) differ(name(field, 'cmap'));
  }
  const optionsOf = events => events.find(e => typeOf(e) === 'ConnectionPoolCreated').options;
  const [shown, needed] = [optionsOf(node), optionsOf(cmap)];
  for (const [key, value] of Object.entries(shown)) {
    if (needed[key] === value) continue;
    differ(value === defaults[key] ? 'options of Node that repeat defaults' : `option ${key}`,
           `${value} and ${needed[key]}`);
  }
  return found;
}

const uri = process.argv[3];
const node = await recordNode(uri);
const cmap = await recordCmap(uri, process.env.CMAP_PROGRAM);
const found = differencesOf(node, cmap);
const list = names => names.join('; ');
check('events and fields: every difference is explained',
      list(difference(found.keys(), new Map(Object.entries(explained)))));
check('events and fields: every explanation is of a difference',
      list(difference(Object.keys(explained), found)));
const show = lives => [...lives].sort().join(' | ');
check('the events of each connection come in the same order',
      show(livesOf(node)) === show(livesOf(cmap))
        ? '' : `Node: ${show(livesOf(node))}; cmap: ${show(livesOf(cmap))}`);
check('a broken connection has the same consequences in the same order',
      troubleOf(node) === troubleOf(cmap)
        ? '' : `Node: ${troubleOf(node)}; cmap: ${troubleOf(cmap)}`);
process.exit(failures ? 1 : 0);
