auto          = true
disable_after = -1

plugins {
  dir           = "plug"
  lock          = "aio.lock"
  allow_root    = true
  start_timeout = "9s"
}

account "team" {
  limits {
    requests_per_minute = 20
    requests_per_day    = 50
    tokens_per_minute   = 8000
    tokens_per_day      = 200000
  }
  reset {
    tz = "America/Los_Angeles"
    at = "00:30"
  }
}

provider "alpha" {
  plugin    = "groq"
  priority  = 20
  active    = true
  proxy     = env("PROXY")
  any_model = true

  settings {
    base_url = "https://api.example.com/v1"
    token    = env("TOKEN")
    big      = 123456789012345678901234567890
    ratio    = 0.1
    on       = true
    nothing  = null
    tags     = ["a", { b = 1 }]
    headers {
      X-One = "1"
    }
    extra "first" {
      n = 1
    }
    extra "second" {
      n = 2
    }
  }

  retry {
    max_tries           = 5
    delay               = "250ms"
    multiplier          = 1.5
    max_delay           = "4s"
    on_ambiguous        = "error"
    fallback_on_blocked = true
  }

  timeouts {
    connect     = "1s"
    first_token = "2s"
    unary       = "3s"
    stall       = "4s"
    total       = "1m30s"
  }

  key "main" {
    value       = env("KEY_1")
    account     = "team"
    priority    = 2
    active      = false
    daily_limit = 1000
    limits {
      requests_per_minute = 5
    }
  }
  key "spare" {
    value = env("KEY_2")
  }
  key "from-file" {
    value = file("secret.txt")
  }

  model "fast" {
    id       = "vendor/fast-1"
    priority = env("FAST_PRIORITY", 7)
    active   = true
    context  = 131072
    features = ["tools", "vision"]
    limits {
      tokens_per_day = 10
    }
    price {
      input        = 0.15
      cached_input = 0.075
      cache_write  = 0.2
      audio_input  = 1
      output       = 0.6
      reasoning    = 0
    }
  }
  model "text-only" {
    features = []
  }
}

provider "beta" {
  active = false
  key "none" {
    value = env("KEY_3")
  }
  model "openai/gpt-oss-20b" {}
}

route "gpt-4.1" {
  targets = ["alpha/fast", "alpha/not-listed", "beta/openai/gpt-oss-20b", "beta"]
  retry {
    max_tries = 1
  }
  timeouts {
    total = "20s"
  }
}

retry {
  max_tries         = 4
  budget_ratio      = 0.5
  budget_per_second = 10
}

timeouts {
  stall = "30s"
}

logging {
  level       = "debug"
  format      = "json"
  console     = false
  file        = "aio.log"
  errors_file = "/var/log/aio-errors.log"
  max_size    = 10
  max_files   = 3
}

state {
  anything = "goes"
}

gateway {
  listen       = "0.0.0.0:8443"
  auth         = "token"
  cors_origins = ["https://app.example", "*"]
  drain        = "45s"

  token "app" {
    value   = env("CLIENT_TOKEN")
    expires = "2099-12-31"
    models  = ["gpt-4.1", "alpha/*"]
  }
  token "second" {
    value   = env("CLIENT_TOKEN_2")
    expires = "2099-12-31T12:00:00+01:00"
  }

  tls {
    cert = "server.crt"
    key  = "server.key"
  }

  limits {
    max_body         = 1048576
    max_unsized_body = 65536
    max_bodies       = 2097152
    max_headers      = 16384
    max_connections  = 500
    max_concurrent   = 100
    queue            = 0
    queue_wait       = "3s"
    read_header      = "4s"
    read_body        = "5s"
    idle             = "6s"
    write            = "7s"
    keep_alive       = "8s"
  }

  admin {
    listen = ":9090"
    token  = env("ADMIN_TOKEN")
  }
}

alerts {
  error_rate   = 0.2
  key_use      = -1
  slow         = "3s"
  slow_share   = 0.25
  down_for     = "1m"
  window       = "10m"
  min_requests = 50
  every        = "5s"

  webhook {
    url     = env("HOOK_URL")
    secret  = env("HOOK_SECRET")
    timeout = "3s"
    tries   = 2
  }
}
