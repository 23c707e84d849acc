/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings: what the configuration says, as plain data.
 *
 * Made by the daemon from signetd.yaml (signetd.conf(5)), read by everybody,
 * changed by nobody; counted, since a module that is being replaced after a
 * reload still works by the old ones.
 */
#ifndef SIGNET_BROKER_SETTINGS_H
#define SIGNET_BROKER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/policy.h"

struct settings_variable {
	char *name;
	char *value;
};

struct settings_module {
	char *name;		/* unique; in messages, status, logs */
	char *profile;		/* of modules.d, or NULL */
	char *path;		/* absolute, checked when loaded */
	unsigned shards;	/* workers */
	unsigned deadline_ms;	/* of one call */
	bool per_reader;	/* a worker for each PC/SC reader with a card */
	char *unblock;		/* command for what it cannot; or NULL */
	char *keys;		/* command for keys it cannot make; or NULL */
	bool manage_so;		/* keys are managed with the SO-PIN, by place */
	bool opensc_conf;	/* an OPENSC_CONF for each worker */
	struct settings_variable *environment; /* of its workers */
	unsigned environment_count;
};

/* Something said of the tokens that a URI matches; the first match counts. */
struct settings_token {
	char *uri;	    /* RFC 7512, token attributes only */
	bool unattended;    /* signs without anybody's consent */
	char *pin_source;   /* absolute path, or NULL */
	unsigned keep_alive; /* seconds without a signature; 0: never */
	bool sampled;	    /* check: sampled */
	unsigned sample;    /* of so many signatures one is verified; 1: all */
};

/* How a person is asked. */
struct settings_prompt {
	char *pinentry;	  /* absolute path; NULL: signet-prompt looks for it */
	unsigned timeout; /* seconds a person has to answer */
	char *language;	  /* a locale's name; NULL: of the environment */
};

/* A time-stamping authority (RFC 3161). */
struct settings_tsa {
	char *url;	  /* http or https; NULL: there is none */
	char *ca;	  /* absolute path of PEM certificates */
	char *policy;	  /* OID; NULL: its own */
	unsigned timeout; /* seconds */
};

/* What is kept of each request; docs/PROTOCOL.evidence. */
struct settings_evidence {
	char *file;	/* absolute */
	/* Of checkpoints: one of the two. */
	char *key;	/* URI, on an unattended token */
	char *key_file; /* Ed25519; made when it is not there */
	unsigned checkpoint_records;
	unsigned checkpoint_seconds;
	unsigned limit_mib;	    /* of the file */
	unsigned idempotency_hours; /* an Idempotency-Key is remembered */
	struct settings_tsa tsa;
};

/* Pages that reach us by themselves; those of signet-webhost, too. */
struct settings_loopback {
	unsigned port;	    /* on 127.0.0.1 and ::1; 0: not at all */
	char **development; /* http://localhost[:port] that count as https */
	unsigned development_count;
};

struct settings {
	struct settings_module *modules;
	unsigned modules_count;
	struct settings_token *tokens;
	unsigned tokens_count;
	char *spool;	    /* folder for large contents */
	char *group;	    /* of the socket: may use it too; NULL: nobody */
	char *state;	    /* folder for what must survive a restart */
	struct settings_prompt prompt;
	struct settings_evidence evidence;
	struct settings_loopback loopback;
	struct policy policy; /* the file's, or the built-in one */
	/* Not in the file: set by the daemon. */
	char *worker;	    /* path of signet-worker */
	char *reader_program; /* path of signet-reader; NULL: there is none */
	char *pcsc_provider;  /* path of signet-pcsc.so; NULL: there is none */
	char *prompt_program; /* path of signet-prompt; NULL: there is none */
	char *webhost; /* path of signet-webhost; NULL: there is none */
	char *stamp_program; /* path of signet-stamp; NULL: there is none */
	struct policy_builtin builtin; /* policy points here without policy: */
	unsigned refs;
	void (*free)(struct settings *s); /* by whoever made it */
};

struct settings *settings_ref(struct settings *s);
void settings_unref(struct settings *s);

/* Do both ask for the same worker processes under this name? */
bool settings_module_equal(const struct settings_module *a,
			   const struct settings_module *b);
bool settings_tokens_equal(const struct settings *a, const struct settings *b);
/* But for what is taken over by a reload. */
bool settings_evidence_equal(const struct settings_evidence *a,
			     const struct settings_evidence *b);

/* Is it a page of developers: loopback: development:? */
bool settings_develops(const struct settings *s, const char *origin);

/* Is one of the unattended tokens perhaps that of this key URI (NULL: any)? */
bool settings_unattended(const struct settings *s, const char *uri);

#endif
