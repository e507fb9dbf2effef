# One image for every part: which part a container is, its command says. On the Python that the suite runs on.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/eventio
COPY requirements.lock .
RUN /opt/eventio/bin/pip install --require-hashes -r requirements.lock
COPY . .
# Bytecode is compiled here: containers run on a read-only file system.
RUN /opt/eventio/bin/pip install --no-deps --no-build-isolation . \
 && /opt/eventio/bin/python -m compileall -q /opt/eventio/lib

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin eventio
COPY --from=build /opt/eventio /opt/eventio
COPY --from=build /src/supergraph.graphql /opt/eventio/share/supergraph.graphql
ENV PATH=/opt/eventio/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER eventio
WORKDIR /tmp
ENTRYPOINT []
CMD ["eventio", "--help"]
