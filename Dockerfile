# The service in a small image: a virtual environment on a slim Python, without build tools, caches or root's rights.
ARG BASE=python:3.13-slim


FROM ${BASE} AS builder

# Other package indexes come from outside, as build arguments. This stage is thrown away, and their addresses with it.
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ARG NPM_CONFIG_REGISTRY
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# Two environments: what builds stays in /opt/builder, so that what serves carries neither pip nor Node.
RUN python3 -m venv /opt/builder && python3 -m venv --without-pip /opt/gql-users

# From what changes seldom to what changes daily, so that a rebuild repeats little.
COPY requirements/service.txt requirements/
RUN /opt/builder/bin/pip --python /opt/gql-users/bin/python3 install --no-compile --require-hashes \
    -r requirements/service.txt

COPY requirements/node.txt requirements/
RUN /opt/builder/bin/pip install --require-hashes -r requirements/node.txt

COPY explorer explorer
RUN /opt/builder/bin/python3 explorer/build.py

COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY gql_users gql_users
RUN /opt/builder/bin/pip wheel --no-deps --wheel-dir dist . \
    && /opt/builder/bin/pip --python /opt/gql-users/bin/python3 install --no-compile --no-deps dist/*.whl

# Valid for good: layers round the times of files, and bytecode that goes by times would be made anew at every start.
RUN /opt/gql-users/bin/python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/gql-users/lib


FROM ${BASE}

LABEL org.opencontainers.image.title="gql-users" \
      org.opencontainers.image.description="A GraphQL user-management service" \
      org.opencontainers.image.licenses="MIT"

# The number is fixed because volumes remember owners by number, and written out in USER because an orchestrator that
# refuses root can read no names.
RUN groupadd --gid 10001 gql-users \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin gql-users \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data

COPY --from=builder /opt/gql-users /opt/gql-users

# Python writes nothing beside its modules: they belong to root, and are compiled.
ENV PATH="/opt/gql-users/bin:${PATH}" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GQL_USERS_DATA_DIR=/data

USER 10001:10001
# The SQLite file and development's secret. As the working directory it also catches an SQLite path that is relative.
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM

# Alive, not ready: a restart does not bring a database back. Whatever is answered is a sign of life, even that
# 127.0.0.1 is no trusted host; and no proxy of the environment is asked.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python3", "-I", "-c", "\
import http.client, sys; \
service = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); \
service.request('GET', '/health'); \
sys.exit(service.getresponse().status >= 500)"]

CMD ["gql-users", "serve", "--host", "0.0.0.0", "--migrate"]
