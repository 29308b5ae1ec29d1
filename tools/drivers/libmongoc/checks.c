// What libmongoc finds at a server of `cmap serve`.
//
// usage: checks SCENARIO URI [FOLDER]      FOLDER: of the test certificates
//
// Prints "PASS what" or "FAIL what: why" for each check. Exit status: 0 all passed, 1 not.
#include <mongoc/mongoc.h>
#include <stdio.h>
#include <string.h>

static int failures = 0;

static void check(const char *what, bool good, const bson_error_t *error) {
  if (good) {
    printf("PASS %s\n", what);
  } else {
    ++failures;
    printf("FAIL %s: %s (code %u)\n", what, error->message, error->code);
  }
  fflush(stdout);
}

/* For failures that no library call reports. */
static bool wrong(bson_error_t *error, const char *message) {
  bson_set_error(error, 0, 0, "%s", message);
  return false;
}

static bool command(mongoc_client_t *client, const bson_t *document, bson_error_t *error) {
  return mongoc_client_command_simple(client, "admin", document, NULL, NULL, error);
}

static bool ping(mongoc_client_t *client, bson_error_t *error) {
  bson_t *document = BCON_NEW("ping", BCON_INT32(1));
  const bool good = command(client, document, error);
  bson_destroy(document);
  return good;
}

static bool insert_one(mongoc_collection_t *things, int number, bson_error_t *error) {
  bson_t *document = BCON_NEW("n", BCON_INT32(number));
  const bool good = mongoc_collection_insert_one(things, document, NULL, NULL, error);
  bson_destroy(document);
  return good;
}

static bool insert_many(mongoc_collection_t *things, int count, bson_error_t *error) {
  bson_t *documents[256];
  for (int i = 0; i < count; ++i) documents[i] = BCON_NEW("n", BCON_INT32(i));
  const bool good = mongoc_collection_insert_many(things, (const bson_t **)documents,
                                                  (size_t)count, NULL, NULL, error);
  for (int i = 0; i < count; ++i) bson_destroy(documents[i]);
  return good;
}

/* How many documents match; more than one batch for many. */
static int count_found(mongoc_collection_t *things, const bson_t *filter, bson_error_t *error) {
  mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(things, filter, NULL, NULL);
  const bson_t *document = NULL;
  int count = 0;
  while (mongoc_cursor_next(cursor, &document)) ++count;
  if (mongoc_cursor_error(cursor, error)) count = -1;
  mongoc_cursor_destroy(cursor);
  return count;
}

static bool documents(mongoc_client_t *client, bson_error_t *error) {
  mongoc_collection_t *things = mongoc_client_get_collection(client, "test", "libmongoc_things");
  bson_t *all = bson_new();
  bson_t *one = BCON_NEW("n", BCON_INT32(42));
  mongoc_collection_drop(things, NULL);
  bool good = insert_many(things, 250, error);
  if (good && count_found(things, all, error) != 250) good = wrong(error, "not all are found");
  if (good && count_found(things, one, error) != 1) good = wrong(error, "not one is found");
  bson_destroy(one);
  bson_destroy(all);
  mongoc_collection_destroy(things);
  return good;
}

/* Strikes the next ping. */
static bool fail_point(mongoc_client_t *client, const char *field, int value, bson_error_t *error) {
  bson_t *document =
      BCON_NEW("configureFailPoint", "failCommand", "mode", "{", "times", BCON_INT32(1), "}",
               "data", "{", "failCommands", "[", "ping", "]", field, BCON_INT32(value), "}");
  const bool good = command(client, document, error);
  bson_destroy(document);
  return good;
}

/* A ping that must fail with this code, whatever code that is in the domain of network errors. */
static bool is_refused(mongoc_client_t *client, uint32_t code, bson_error_t *error) {
  bson_error_t refusal = {0};
  if (ping(client, &refusal)) return wrong(error, "no error");
  if (refusal.code == code) return true;
  *error = refusal;
  return false;
}

static bool sees_the_error(mongoc_client_t *client, bson_error_t *error) {
  return fail_point(client, "errorCode", 8000, error) && is_refused(client, 8000, error) &&
         ping(client, error);
}

static bool sees_the_end(mongoc_client_t *client, bson_error_t *error) {
  return fail_point(client, "closeConnection", 1, error) &&
         is_refused(client, MONGOC_ERROR_STREAM_SOCKET, error) && ping(client, error);
}

static bool is_told_of_unknown_commands(mongoc_client_t *client, bson_error_t *error) {
  bson_t *document = BCON_NEW("fly", BCON_INT32(1));
  bson_error_t refusal = {0};
  const bool good = !command(client, document, &refusal) && refusal.code == 59;
  bson_destroy(document);
  *error = refusal;
  return good;
}

/* Without the library's own words on standard error for errors that are meant to come. */
static mongoc_client_t *client_of(const char *uri, const char *options) {
  char text[4096];
  snprintf(text, sizeof text, "%s%s%s", uri, strchr(uri, '?') ? "&" : "?",
           "retryWrites=false&retryReads=false&serverSelectionTryOnce=false");
  const size_t length = strlen(text);
  snprintf(text + length, sizeof text - length, "%s", options);
  mongoc_client_t *client = mongoc_client_new(text);
  if (client) mongoc_client_set_error_api(client, MONGOC_ERROR_API_VERSION_2);
  return client;
}

typedef bool (*action_t)(mongoc_client_t *, bson_error_t *);

static void check_with(mongoc_client_t *client, const char *what, action_t action) {
  bson_error_t error = {0};
  const bool good = client ? action(client, &error) : wrong(&error, "not a connection string");
  check(what, good, &error);
}

static void check_new(const char *uri, const char *options, const char *what, action_t action) {
  mongoc_client_t *client = client_of(uri, options);
  check_with(client, what, action);
  mongoc_client_destroy(client);
}

static void plain(const char *uri) {
  mongoc_client_t *client = client_of(uri, "&serverSelectionTimeoutMS=10000");
  check_with(client, "connects and pings", ping);
  check_with(client, "inserts and finds", documents);
  check_with(client, "sees the error of a fail point", sees_the_error);
  check_with(client, "sees the end of its connection by a fail point", sees_the_end);
  check_with(client, "is told of unknown commands", is_told_of_unknown_commands);
  mongoc_client_destroy(client);
}

static bool credentials_are_refused(mongoc_client_t *client, bson_error_t *error) {
  return is_refused(client, MONGOC_ERROR_CLIENT_AUTHENTICATE, error);
}

static bool nothing_is_allowed(mongoc_client_t *client, bson_error_t *error) {
  return is_refused(client, 13, error);
}

/* `uri` with a user in it. */
static void as_ada(const char *uri, const char *password, const char *what, const char *options,
                   action_t action) {
  char text[4096];
  snprintf(text, sizeof text, "mongodb://ada:%s@%s", password, uri + strlen("mongodb://"));
  check_new(text, options, what, action);
}

static void auth(const char *uri) {
  const char *sha1 = "&authMechanism=SCRAM-SHA-1";
  const char *sha256 = "&authMechanism=SCRAM-SHA-256";
  as_ada(uri, "pencil", "logs in with SCRAM-SHA-1", sha1, ping);
  as_ada(uri, "pencil", "logs in with SCRAM-SHA-256", sha256, ping);
  as_ada(uri, "pencil", "logs in with what the server prefers", "", ping);
  as_ada(uri, "pen", "is refused with SCRAM-SHA-1 and a wrong password", sha1,
         credentials_are_refused);
  as_ada(uri, "pen", "is refused with SCRAM-SHA-256 and a wrong password", sha256,
         credentials_are_refused);
  check_new(uri, "", "may do nothing without a user", nothing_is_allowed);
}

static bool certificate_is_refused(mongoc_client_t *client, bson_error_t *error) {
  bson_error_t refusal = {0};
  if (ping(client, &refusal)) return wrong(error, "no error");
  *error = refusal;
  return strstr(refusal.message, "TLS") || strstr(refusal.message, "certificate");
}

static void tls(const char *uri, const char *folder) {
  check_new(uri, "&serverSelectionTimeoutMS=10000", "connects by TLS and pings", ping);
  char options[4096];
  /* The last one of two values counts. */
  snprintf(options, sizeof options, "&serverSelectionTimeoutMS=500&tlsCAFile=%s/other-ca.pem",
           folder);
  check_new(uri, options, "refuses a certificate of an unknown authority", certificate_is_refused);
  snprintf(options, sizeof options,
           "&tlsCertificateKeyFile=%s/client.pem&authMechanism=MONGODB-X509", folder);
  check_new(uri, options, "logs in with its certificate", ping);
}

static size_t count_servers(mongoc_client_t *client, const char *type) {
  size_t size = 0;
  mongoc_server_description_t **servers = mongoc_client_get_server_descriptions(client, &size);
  size_t count = 0;
  for (size_t i = 0; i < size; ++i) {
    if (strcmp(mongoc_server_description_type(servers[i]), type) == 0) ++count;
  }
  mongoc_server_descriptions_destroy_all(servers, size);
  return count;
}

static bool finds_all_members(mongoc_client_t *client, bson_error_t *error) {
  if (!ping(client, error)) return false;
  if (count_servers(client, "RSPrimary") == 1 && count_servers(client, "RSSecondary") == 2) {
    return true;
  }
  return wrong(error, "not one primary and two secondaries");
}

static uint32_t primary_of(mongoc_client_t *client, bson_error_t *error) {
  mongoc_server_description_t *server = mongoc_client_select_server(client, true, NULL, error);
  const uint32_t id = server ? mongoc_server_description_id(server) : 0;
  if (server) mongoc_server_description_destroy(server);
  return id;
}

static bool follows_a_step_down(mongoc_client_t *client, bson_error_t *error) {
  const uint32_t before = primary_of(client, error);
  bson_t *document = BCON_NEW("replSetStepDown", BCON_INT32(60));
  mongoc_collection_t *things = mongoc_client_get_collection(client, "test", "libmongoc_things");
  bool good = command(client, document, error);
  /* The first one meets the old primary. */
  for (int tries = 0; good && tries < 10; ++tries) {
    if (insert_one(things, 1, error)) break;
  }
  const uint32_t after = primary_of(client, error);
  if (good && (after == 0 || after == before)) good = wrong(error, "the primary is the same");
  mongoc_collection_destroy(things);
  bson_destroy(document);
  return good;
}

static void replica_set(const char *uri) {
  mongoc_client_t *client =
      client_of(uri, "&serverSelectionTimeoutMS=10000&heartbeatFrequencyMS=500");
  check_with(client, "finds the primary", ping);
  check_with(client, "finds all members", finds_all_members);
  check_with(client, "inserts and finds", documents);
  check_with(client, "follows a step-down", follows_a_step_down);
  mongoc_client_destroy(client);
}

static void load_balanced(const char *uri) {
  mongoc_client_t *client = client_of(uri, "");
  check_with(client, "connects through a load balancer and pings", ping);
  check_with(client, "inserts and finds", documents);
  mongoc_client_destroy(client);
}

static void ignore_log(mongoc_log_level_t level, const char *domain, const char *message,
                       void *data) {
  (void)level, (void)domain, (void)message, (void)data;
}

int main(int argc, char **argv) {
  const char *scenario = argc > 1 ? argv[1] : "";
  const char *uri = argc > 2 ? argv[2] : "";
  mongoc_init();
  mongoc_log_set_handler(ignore_log, NULL);
  if (strcmp(scenario, "version") == 0) printf("%s\n", mongoc_get_version());
  if (strcmp(scenario, "plain") == 0) plain(uri);
  if (strcmp(scenario, "auth") == 0) auth(uri);
  if (strcmp(scenario, "tls") == 0) tls(uri, argc > 3 ? argv[3] : "");
  if (strcmp(scenario, "replica-set") == 0) replica_set(uri);
  if (strcmp(scenario, "load-balanced") == 0) load_balanced(uri);
  mongoc_cleanup();
  return failures > 0;
}
