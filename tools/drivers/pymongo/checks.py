# What PyMongo finds at a server of `cmap serve`.
#
# usage: checks.py SCENARIO URI [FOLDER]      FOLDER: of the test certificates
#
# Prints "PASS what" or "FAIL what: why" for each check. Exit status: 0 all passed, 1 not.
import os
import sys

import pymongo
from pymongo import MongoClient, ReadPreference
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

failures = 0


def check(what, action):
    global failures
    try:
        wrong = action()
    except PyMongoError as error:
        wrong = f"{type(error).__name__}: {error}"
    if wrong:
        failures += 1
    print(f"FAIL {what}: {wrong}" if wrong else f"PASS {what}", flush=True)


def equal(actual, expected):
    return None if actual == expected else f"{actual!r}, not {expected!r}"


def code_of(action):
    """The code with which the server refuses."""
    try:
        action()
    except OperationFailure as error:
        return error.code
    return 0


def client_of(uri, **options):
    return MongoClient(uri, serverSelectionTimeoutMS=10_000, retryWrites=False, **options)


def ping(client):
    return equal(client.admin.command("ping")["ok"], 1)


def documents(client):
    things = client.test.pymongo_things
    things.drop()
    things.insert_many([{"_id": number, "even": number % 2 == 0} for number in range(250)])
    # More than one batch.
    wrong = equal([thing["_id"] for thing in things.find()], list(range(250)))
    return wrong or equal(things.find_one({"_id": 42}), {"_id": 42, "even": True})


def fail_point(client, **data):
    client.admin.command(
        "configureFailPoint", "failCommand", mode={"times": 1}, data={"failCommands": ["ping"], **data}
    )


def plain(uri, _):
    client = client_of(uri)
    check("connects and pings", lambda: ping(client))
    check("inserts and finds", lambda: documents(client))

    def error():
        fail_point(client, errorCode=8000)
        return equal(code_of(lambda: ping(client)), 8000) or ping(client)

    check("sees the error of a fail point", error)

    def closed():
        fail_point(client, closeConnection=True)
        try:
            ping(client)
        except AutoReconnect:
            return ping(client)
        return "no error"

    check("sees the end of its connection by a fail point", closed)
    unknown = lambda: client.admin.command("fly")
    check("is told of unknown commands", lambda: equal(code_of(unknown), 59))


def auth(uri, _):
    for mechanism in ("SCRAM-SHA-1", "SCRAM-SHA-256"):
        right = client_of(uri, username="ada", password="pencil", authMechanism=mechanism)
        check(f"logs in with {mechanism}", lambda: ping(right))
        wrong = client_of(uri, username="ada", password="pen", authMechanism=mechanism)
        check(
            f"is refused with {mechanism} and a wrong password",
            lambda: equal(code_of(lambda: ping(wrong)), 18),
        )
    negotiated = client_of(uri, username="ada", password="pencil")
    check("logs in with what the server prefers", lambda: ping(negotiated))
    nobody = client_of(uri)
    check("may do nothing without a user", lambda: equal(code_of(lambda: ping(nobody)), 13))


def tls(uri, folder):
    client = client_of(uri)
    check("connects by TLS and pings", lambda: ping(client))
    stranger = MongoClient(
        uri, tlsCAFile=os.path.join(folder, "other-ca.pem"), serverSelectionTimeoutMS=500
    )

    def refuses():
        try:
            ping(stranger)
        except PyMongoError as error:
            return None if "CERTIFICATE_VERIFY_FAILED" in str(error) else str(error)
        return "no error"

    check("refuses a certificate of an unknown authority", refuses)
    named = client_of(
        uri, tlsCertificateKeyFile=os.path.join(folder, "client.pem"), authMechanism="MONGODB-X509"
    )
    check("logs in with its certificate", lambda: ping(named))


def replica_set(uri, _):
    client = client_of(uri, heartbeatFrequencyMS=500)
    check("finds the primary", lambda: ping(client))

    def members():
        secondary = client.get_database("admin", read_preference=ReadPreference.SECONDARY)
        secondary.command("ping")
        return equal((len(client.nodes), len(client.secondaries)), (3, 2))

    check("finds all members", members)
    check("inserts and finds", lambda: documents(client))

    def step_down():
        before = client.primary
        client.admin.command("replSetStepDown", 60)
        for _ in range(100):
            try:
                client.test.pymongo_things.insert_one({})
                break
            except AutoReconnect:
                continue
        return None if client.primary not in (None, before) else "the primary is the same"

    check("follows a step-down", step_down)


scenarios = {"plain": plain, "auth": auth, "tls": tls, "replica-set": replica_set}
if sys.argv[1] == "version":
    print(pymongo.version)
elif sys.argv[1] in scenarios:
    scenarios[sys.argv[1]](sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
sys.exit(1 if failures else 0)
