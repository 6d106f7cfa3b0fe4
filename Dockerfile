# COLLECTO in production: web and workers run the same image, as a user without rights.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements/base.txt requirements/build.txt ./
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r base.txt -r build.txt
COPY pyproject.toml README.md ./
COPY platform platform
COPY tenants tenants
COPY apps apps
COPY api api
RUN /venv/bin/pip install --no-deps --no-build-isolation -e . \
    && /venv/bin/collecto messages compile \
    && DJANGO_SETTINGS_MODULE=collecto.settings.production SECRET_KEY=build DATABASE_URL=postgres://build@localhost/build CACHE_URL=redis://localhost/1 FILES_ROOT=/files EMAIL_HOST=build \
       STATIC_ROOT=/build/static /venv/bin/python -m django collectstatic --noinput

FROM python:3.13-slim
ENV PYTHONSAFEPATH=1 PYTHONUNBUFFERED=1 PATH=/venv/bin:$PATH \
    DJANGO_SETTINGS_MODULE=collecto.settings.production STATIC_ROOT=/build/static COLLECTO_STATE=/tmp FILES_ROOT=/files
RUN useradd --system --uid 10001 collecto && install -d -o 10001 -m 0700 /files
COPY --from=build /venv /venv
COPY --from=build /build /build
USER 10001
EXPOSE 8000
CMD ["collecto", "serve", "--bind", "0.0.0.0:8000"]
