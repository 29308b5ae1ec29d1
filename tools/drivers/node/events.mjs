// The CMAP events of the Node.js driver beside those of `cmap monitor`: the same workloads against
// the same server, and the same troubles.
//
// usage: node events.mjs SCENARIO URI      of a server with the user ada:pencil
// CMAP_PROGRAM names the program.
//
// Compared are which events there are, the fields of each, their types and what they say, the order
// of the events of every connection, and the order of everything when a pool opens, when it meets
// its trouble, and when it closes. Every difference must be in the table below, and every line of
// the table must be a difference.
//
// Prints "PASS what" or "FAIL what: why" for each check. Exit status: 0 all passed, 1 not.
import process from 'node:process';

import { eventCount, record, typeOf } from './recordings.mjs';

/** What differs, and what the specification says to it. */
const explained = {
  'field name of Node': 'no field of the specification: the type of the event says it',
  'field type of cmap': 'no field of the specification: Node has it as the class and the name',
  'field time of Node': 'no field of the specification: a time of day; timeMS of cmap is the same',
  'field timeMS of cmap': 'no field of the specification: time of Node is the same',
  'field counts of cmap': 'no field of the specification: what checkers need of the pool',
  'field checkOutId of cmap': 'no field of the specification: which Started belongs to which end',
  'field error of Node in ConnectionClosed':
    'no field of the event, only of its log message (CMAP, Connection Closed Message)',
  'type of error in ConnectionCheckOutFailed':
    'no field of the event, only of its log message, where its form is free (LOG, Representing ' +
    'Errors in Log Messages)',
  'field serviceId of Node in ConnectionClosed': 'no field of the specification',
  'field serviceId of Node in ConnectionPoolCleared':
    'only in load-balanced mode (CMAP, PoolClearedEvent); Node has it undefined',
  'options of Node that repeat defaults':
    'only the non-default options (CMAP, PoolCreatedEvent); Node shows all',
};

const defaults = {
  maxPoolSize: 100, minPoolSize: 0, maxIdleTimeMS: 0, maxConnecting: 2, waitQueueTimeoutMS: 0,
};

/**
 * `workload`: pings at the same time. `trouble` meets it, and waits until all of it was seen. The
 * story of the trouble ends with the first event `end`, and begins with the last `begin` before it.
 */
const scenarios = {
  'a broken connection': {
    workload: 1,
    trouble: async (recording, failPings) => {
      await recording.until('ConnectionCheckedIn', 20);
      await failPings(1, { closeConnection: true });
      await recording.until('ConnectionPoolReady', 2);
      await recording.more('ConnectionCheckedIn', 20);
    },
    begin: 'CheckedOut',
    end: 'Closed(error)',
  },
  'a queue that is too long': {
    options: { maxPoolSize: 1, waitQueueTimeoutMS: 200 },
    workload: 2,
    trouble: async (recording, failPings) => {
      await recording.until('ConnectionCheckedIn', 20);
      // More than one: the first may end before anybody waits.
      await failPings(3, { blockConnection: true, blockTimeMS: 400 });
      await recording.until('ConnectionCheckOutFailed', 1);
    },
    begin: 'CheckedOut',
    end: 'CheckOutFailed(timeout)',
  },
  'a broken connection that others wait for': {
    options: { maxPoolSize: 1 },
    workload: 2,
    trouble: async (recording, failPings) => {
      await recording.until('ConnectionCheckedIn', 20);
      await failPings(1, { blockConnection: true, blockTimeMS: 400, closeConnection: true });
      await recording.until('ConnectionPoolReady', 2);
      await recording.more('ConnectionCheckedIn', 20);
    },
    begin: 'CheckedOut',
    end: 'Closed(error)',
  },
  'a wrong password': {
    password: 'wrong',
    workload: 1,
    trouble: recording => recording.until('ConnectionCheckOutFailed', 1),
    begin: 'CheckOutStarted',
    end: 'CheckOutFailed(connectionError)',
  },
};

let failures = 0;
function check(what, wrong) {
  if (wrong) ++failures;
  console.log(wrong ? `FAIL ${what}: ${wrong}` : `PASS ${what}`);
}

/** For each type the fields that any of its events has, each with the types of its values. */
function fieldsOf(events) {
  const fields = new Map();
  for (const event of events) {
    const type = typeOf(event);
    if (!fields.has(type)) fields.set(type, new Map());
    for (const [field, value] of Object.entries(event)) fields.get(type).set(field, typeof value);
  }
  return fields;
}

/** "PoolCleared(false)", "Closed(error)": the type, and what the event says besides numbers. */
function wordOf(event) {
  const said = event.reason ?? event.interruptInUseConnections;
  return typeOf(event).replace('Connection', '') + (said === undefined ? '' : `(${said})`);
}

/** Each connection's events, repetitions of use as one: "Created Ready use* Closed(error)". */
function livesOf(events) {
  const lives = new Map();
  for (const event of events.filter(({ connectionId }) => connectionId !== undefined)) {
    lives.set(event.connectionId, `${lives.get(event.connectionId) ?? ''} ${wordOf(event)}`);
  }
  const shortened = [...lives].map(([id, life], index) =>
    (id === index + 1 ? '' : ` ${id} is not ${index + 1}:`) +
    life.replace(/( CheckedOut CheckedIn)+/g, ' use*'));
  return [...new Set(shortened)].sort().join(' |').trim();
}

/** What happens in order: at the beginning, in trouble, at the end, to each connection. */
function storiesOf(events, { begin, end }) {
  const words = events.map(wordOf);
  const until = words.indexOf(end);
  const from = words.lastIndexOf(begin, until);
  const lastUse = Math.max(words.lastIndexOf('CheckedIn'), words.lastIndexOf('Closed(error)'));
  return {
    'how it begins': words.slice(0, words.indexOf('CheckOutStarted') + 1).join(' '),
    'the trouble': words.slice(from, until + 1).join(' '),
    'how it ends': words.slice(lastUse).join(' '),
    'the lives of connections': livesOf(events),
  };
}

const difference = (a, b) => [...a].filter(element => !b.has(element));

/** Adds the differences of one scenario, under the names of the table. */
function findDifferences(node, cmap, found) {
  const differ = (what, detail) => found.set(what, detail ?? '');
  const [nodeFields, cmapFields] = [fieldsOf(node), fieldsOf(cmap)];
  for (const type of difference(nodeFields.keys(), cmapFields)) differ(`event ${type} of Node`);
  for (const type of difference(cmapFields.keys(), nodeFields)) differ(`event ${type} of cmap`);
  for (const [type, fields] of nodeFields) {
    const others = cmapFields.get(type) ?? fields;
    const name = (field, side) => {
      const general = `field ${field} of ${side}`;
      return explained[general] ? general : `${general} in ${type}`;
    };
    for (const field of difference(fields.keys(), others)) differ(name(field, 'Node'));
    for (const field of difference(others.keys(), fields)) differ(name(field, 'cmap'));
    for (const [field, kind] of fields) {
      const other = others.get(field) ?? kind;
      if (kind !== other) differ(`type of ${field} in ${type}`, `${kind} and ${other}`);
    }
  }
  findOptions(node, cmap, differ);
  const addresses = events => [...new Set(events.map(event => event.address))].join();
  if (addresses(node) !== addresses(cmap)) {
    differ('addresses', `${addresses(node)} and ${addresses(cmap)}`);
  }
}

function findOptions(node, cmap, differ) {
  const optionsOf = events => events.find(e => typeOf(e) === 'ConnectionPoolCreated').options;
  const [shown, needed] = [optionsOf(node), optionsOf(cmap)];
  for (const key of new Set([...Object.keys(shown), ...Object.keys(needed)])) {
    if (shown[key] === needed[key]) continue;
    const repeats = shown[key] === defaults[key] && !(key in needed);
    differ(repeats ? 'options of Node that repeat defaults' : `option ${key}`,
           `${shown[key]} and ${needed[key]}`);
  }
}

const uri = process.argv[3].replace('//', '//ada:pencil@');
const found = new Map();
const seen = new Set();
for (const [name, scenario] of Object.entries(scenarios)) {
  const { node, cmap } = await record(uri, scenario);
  for (const event of node) seen.add(typeOf(event));
  findDifferences(node, cmap, found);
  const [nodeStories, cmapStories] = [storiesOf(node, scenario), storiesOf(cmap, scenario)];
  for (const [part, story] of Object.entries(nodeStories)) {
    const other = cmapStories[part];
    const equal = story === other && story !== '';
    check(`${name}: ${part}`, equal ? '' : `Node: ${story}; cmap: ${other}`);
  }
}
const named = names => names.map(name => `${name} ${found.get(name) ?? ''}`.trim()).join('; ');
check('all events were seen', seen.size === eventCount ? '' : [...seen].join());
check('every difference is explained',
      named(difference(found.keys(), new Map(Object.entries(explained)))));
check('every explanation is of a difference', named(difference(Object.keys(explained), found)));
process.exit(failures ? 1 : 0);
