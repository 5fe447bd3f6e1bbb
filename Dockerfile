# The portal's image: web, worker and scheduler are the same image with different commands.
FROM python:3.13-slim

# Pango and HarfBuzz draw the text of PDF documents.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/alliance alliance \
    && install -d -o alliance -g alliance /var/lib/alliance

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ALLIANCE_DATA=/var/lib/alliance \
    ALLIANCE_STATIC_ROOT=/srv/static \
    ALLIANCE_BIND=0.0.0.0:8000
WORKDIR /srv/alliance

COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r requirements/base.txt

COPY . .
RUN python -m alliance.runtime.assets \
    && ALLIANCE_LOCAL=1 ALLIANCE_DATA=/tmp/build python manage.py collectstatic --noinput --verbosity 0 \
    && rm -r /tmp/build

USER alliance
VOLUME /var/lib/alliance
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config", "python:alliance.runtime.web", "alliance.wsgi"]
