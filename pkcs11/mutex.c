/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutex: the mutex callbacks a module gets in CK_C_INITIALIZE_ARGS.
 */
#include "pkcs11/mutex.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

static CK_RV mutex_create(void **mutex)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t *m = malloc(sizeof(*m));
	int r;

	if (m == NULL)
		return CKR_HOST_MEMORY;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	r = pthread_mutex_init(m, &attr);
	pthread_mutexattr_destroy(&attr);
	if (r != 0) {
		free(m);
		return CKR_GENERAL_ERROR;
	}
	*mutex = m;
	return CKR_OK;
}

static CK_RV mutex_destroy(void *mutex)
{
	if (mutex == NULL)
		return CKR_MUTEX_BAD;
	/* One that is still locked is left alone: the module would use it. */
	if (pthread_mutex_destroy(mutex) == 0)
		free(mutex);
	return CKR_OK;
}

static CK_RV mutex_lock(void *mutex)
{
	if (mutex == NULL || pthread_mutex_lock(mutex) != 0)
		return CKR_MUTEX_BAD;
	return CKR_OK;
}

static CK_RV mutex_unlock(void *mutex)
{
	int r = mutex == NULL ? EINVAL : pthread_mutex_unlock(mutex);

	if (r == EPERM)
		return CKR_MUTEX_NOT_LOCKED;
	return r == 0 ? CKR_OK : CKR_MUTEX_BAD;
}

void p11_mutex_callbacks(CK_C_INITIALIZE_ARGS *args)
{
	args->CreateMutex = mutex_create;
	args->DestroyMutex = mutex_destroy;
	args->LockMutex = mutex_lock;
	args->UnlockMutex = mutex_unlock;
}
