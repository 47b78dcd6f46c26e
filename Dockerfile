# Images of others come by tag and digest from deploy/images.env, through docker-compose.yml or:
# docker build $(sed -n 's/^\(NODE\|PYTHON\)_IMAGE=/--build-arg &/p' deploy/images.env) --tag plateau .
ARG NODE_IMAGE
ARG PYTHON_IMAGE
# The front end.
FROM ${NODE_IMAGE} AS frontend
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend/ ./
RUN npx lingui compile --strict --typescript && npx vite build

FROM ${PYTHON_IMAGE}
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app/platform:/app DJANGO_SETTINGS_MODULE=config.settings
RUN useradd --uid 10001 --create-home plateau && install -d -o plateau /var/lib/plateau
WORKDIR /app
COPY requirements/ requirements/
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements/runtime.lock \
 && pip install --no-cache-dir -r requirements/torch.txt
COPY manage.py LICENSE NOTICE ./
COPY config/ config/
COPY platform/ platform/
COPY annotation/ annotation/
COPY registry/ registry/
COPY workers/ workers/
COPY --from=frontend /build/dist/ frontend/dist/
# The documentation, served at /docs/.
COPY mkdocs.yml pyproject.toml CHANGELOG.md CONTRIBUTING.md ./
COPY docs/ docs/
COPY tools/documentation/ tools/documentation/
RUN python -m mkdocs build --strict
# What registered models name as the code that made them; the product's version unless a commit is given here.
ARG PLATEAU_VERSION=""
ENV PLATEAU_VERSION=${PLATEAU_VERSION}
USER plateau
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--blocking-threads", "192", "--no-ws", "config.wsgi:application"]
