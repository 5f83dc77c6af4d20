# quoin serve, quoin work run, quoin db upgrade: one image, see compose.yaml and docs/installing.md.
# It runs as nobody in particular, on a file system that may be read-only, and has no compiler.
ARG PYTHON=python:3.13.9-slim-trixie
ARG NODE=node:24.11.1-trixie-slim

FROM ${NODE} AS assets
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM ${PYTHON} AS build
WORKDIR /src
COPY . .
COPY --from=assets /src/node_modules/htmx.org node_modules/htmx.org
RUN sh deploy/build.sh /opt/quoin solver,sentry,otel \
    && /opt/quoin/bin/python -m pip uninstall --yes --quiet setuptools wheel pip

FROM ${PYTHON}
RUN useradd --system --uid 10001 --home-dir /var/lib/quoin --create-home quoin
COPY --from=build /opt/quoin /opt/quoin
ENV PATH=/opt/quoin/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /var/lib/quoin
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["quoin"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
