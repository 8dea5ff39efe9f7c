# Configuration of aio.
#
# It works as it is: a key whose variable is not set is simply not used. Give at least one:
#
#   cp .env.example .env       # then write your keys into .env
#   aio config check --env-file .env
#   aio chat --env-file .env "Hello"
#
# Keys stay out of this file: env("NAME") reads a variable, file("path") a file only you can read.
# Every block and attribute is explained in docs/configuration.md.

# A request that names no model goes to the best target that works: providers by priority, then their models
# by priority, higher first.
auto = true

# A key that is refused this many times in a row is disabled until it is seen to work again; -1 is never.
disable_after = 3

plugins {
  dir = "bin/plugins" # where aio-provider-<name> is; relative paths start at the folder of this file
}

# ------------------------------------------------------------------------------------------------------------
# Providers. The numbers are those of the free plans as published in November 2026, and are deliberately
# careful: check your console for your own.
#
# About several keys: they are for teams, for separate budgets and for replacing a key without a pause. They
# are not a way around free limits: OpenRouter and NVIDIA say so in their terms, and limits are counted by
# account or organisation, so that more keys do not raise them. Give keys of one account the same account
# here, and their limits are counted together.
# ------------------------------------------------------------------------------------------------------------

# Groq: https://console.groq.com/keys
# Limits hold for each organisation and model, and refill continuously: 30 requests and 8,000 tokens a minute,
# 1,000 requests and 200,000 tokens a day.
account "groq" {
  limits {
    requests_per_minute = 30
  }
}

provider "groq" {
  priority = 20 # higher is tried first

  # Of keys with the same priority the one used least today goes first.
  key "first" {
    value       = env("GROQ_API_KEY")
    account     = "groq"
    priority    = 10
    daily_limit = 1000 # requests a day through this key
  }
  key "second" {
    value       = env("GROQ_API_KEY_2")
    account     = "groq"
    daily_limit = 1000
  }
  key "third" {
    value       = env("GROQ_API_KEY_3")
    account     = "groq"
    daily_limit = 1000
  }

  # The name is what a request says, here groq/openai/gpt-oss-120b.
  model "openai/gpt-oss-120b" {
    priority = 30
    context  = 131072 # tokens
    features = ["tools", "json_schema", "reasoning"]
  }
  model "openai/gpt-oss-20b" {
    priority = 20
    context  = 131072
    features = ["tools", "json_schema", "reasoning"]
  }
  model "qwen/qwen3.8-27b" {
    priority = 10
    context  = 131072
  }
}

# Cerebras: https://cloud.cerebras.ai
# Limits hold for each organisation and model, and refill continuously: these are those of the trial, which
# has 5 dollars of credit for 30 days, with 30,000 tokens a minute and 1,000,000 a day besides. A request is
# charged with its whole output limit before it runs.
account "cerebras" {
  limits {
    requests_per_minute = 5
  }
}

provider "cerebras" {
  priority = 15

  key "first" {
    value    = env("CEREBRAS_API_KEY")
    account  = "cerebras"
    priority = 10
  }
  key "second" {
    value   = env("CEREBRAS_API_KEY_2")
    account = "cerebras"
  }
  key "third" {
    value   = env("CEREBRAS_API_KEY_3")
    account = "cerebras"
  }

  settings {
    max_completion_tokens = 8192 # the output limit of requests that set none
  }

  model "gpt-oss-120b" {
    priority = 20
    context  = 65536 # tokens; 131072 once paid for
    features = ["tools", "json_schema", "reasoning"]
  }
  model "qwen-3.8-27b" {
    priority = 10
    context  = 65536
    features = ["tools", "json_schema", "reasoning", "vision"]
    # US dollars per million tokens. Most models need no such block: aio knows their list prices (aio models
    # shows them), and this takes their place. On a free plan input = 0 and output = 0 is the truth.
    price {
      input  = 0.99
      output = 1.49
    }
  }
}

# OpenRouter: https://openrouter.ai/settings/keys
# The limits of its free models hold for the account, all free models and keys together. Failed requests
# count too.
account "openrouter" {
  limits {
    requests_per_minute = 20
    requests_per_day    = 50 # 1000 once 10 credits were bought
  }
  reset {
    tz = "UTC"
    at = "00:00"
  }
}

provider "openrouter" {
  priority = 10

  key "first" {
    value       = env("OPENROUTER_API_KEY")
    account     = "openrouter"
    priority    = 10
    daily_limit = 50
  }
  key "second" {
    value       = env("OPENROUTER_API_KEY_2")
    account     = "openrouter"
    daily_limit = 50
  }
  key "third" {
    value       = env("OPENROUTER_API_KEY_3")
    account     = "openrouter"
    daily_limit = 50
  }

  # One of the free models that can do what the request asks for.
  model "openrouter/free" {
    priority = 30
  }
  model "openai/gpt-oss-20b:free" {
    priority = 20
    context  = 131072
  }
  model "google/gemma-4-31b-it:free" {
    priority = 10
    context  = 131072
  }
}

# Google AI (Gemini): https://aistudio.google.com/apikey
# Limits hold for each project and model: on the free plan about 10 requests a minute and 20 a day for each
# of these, starting anew at midnight Pacific time. Free requests may be used to train models, and the free
# plan has conditions on where your users are: read its terms.
account "googleai" {
  limits {
    requests_per_minute = 10
  }
  reset {
    tz = "America/Los_Angeles"
    at = "00:00"
  }
}

provider "googleai" {
  priority = 8

  key "first" {
    value    = env("GOOGLE_API_KEY")
    account  = "googleai"
    priority = 10
  }
  key "second" {
    value   = env("GOOGLE_API_KEY_2")
    account = "googleai"
  }
  key "third" {
    value   = env("GOOGLE_API_KEY_3")
    account = "googleai"
  }

  model "gemini-flash-lite-latest" {
    priority = 20
    context  = 1048576
    features = ["tools", "vision", "audio", "video", "files", "json_schema", "reasoning"]
  }
  model "gemini-flash-latest" {
    priority = 10
    context  = 1048576
    features = ["tools", "vision", "audio", "video", "files", "json_schema", "reasoning"]
  }
}

# NVIDIA: https://build.nvidia.com
# For trying models out. The limit is the account's, about 40 requests a minute, and is not published; the
# queues can be long.
account "nvidia" {
  limits {
    requests_per_minute = 40
  }
}

provider "nvidia" {
  priority = 5

  key "first" {
    value    = env("NVIDIA_API_KEY")
    account  = "nvidia"
    priority = 10
  }
  key "second" {
    value   = env("NVIDIA_API_KEY_2")
    account = "nvidia"
  }
  key "third" {
    value   = env("NVIDIA_API_KEY_3")
    account = "nvidia"
  }

  timeouts {
    first_token = "3m"
    unary       = "5m"
  }

  model "openai/gpt-oss-120b" {
    priority = 20
    context  = 131072
  }
  model "nvidia/nemotron-3-super-120b-a12b" {
    priority = 10
    context  = 262144
  }
}

# OpenAI, and every API made like it; a server of your own needs no key. See docs/providers/openai.md.
#
# provider "openai" {
#   key "main" {
#     value = env("OPENAI_API_KEY")
#   }
#   model "gpt-5.4-mini" {}
# }
#
# provider "ollama" {
#   plugin = "openai"
#   settings {
#     base_url = "http://localhost:11434/v1"
#   }
#   model "llama3.2" {}
# }

# ------------------------------------------------------------------------------------------------------------
# Routes: a name for targets in order. Use one with aio chat --route fast, or as the model of a request.
# A target is "provider/model", or "provider" for all its models by priority.
# ------------------------------------------------------------------------------------------------------------

route "fast" {
  targets = ["groq/openai/gpt-oss-20b", "openrouter/openai/gpt-oss-20b:free"]
}

route "best" {
  targets = ["groq/openai/gpt-oss-120b", "groq", "openrouter"]
}

# ------------------------------------------------------------------------------------------------------------
# How long and how often. These are the defaults; a provider or a route may have its own.
# ------------------------------------------------------------------------------------------------------------

retry {
  max_tries           = 3          # calls to the last target left, the first one included
  delay               = "500ms"    # the first wait, drawn evenly from zero to this
  multiplier          = 2          # each further wait is this much longer
  max_delay           = "8s"       # and at most this
  on_ambiguous        = "fallback" # a call that may have reached the provider is sent elsewhere; or "error"
  fallback_on_blocked = false      # whether a moderation refusal goes on to the next target
  budget_ratio        = 0.2        # the part of a provider's calls that may be retries,
  budget_per_second   = 3          # and how many may be in any case
}

timeouts {
  connect     = "10s"
  first_token = "60s" # of a stream
  unary       = "2m"  # of an answer in one piece
  stall       = "60s" # silence inside a stream
  total       = "10m" # the whole request, over all its calls
}

logging {
  level = "info" # error, warn, info or debug; the variable LOG_LEVEL goes first
  # file        = "logs/aio.log"    # everything, readable by you alone, rotated
  # errors_file = "logs/errors.log" # errors only
}

# ------------------------------------------------------------------------------------------------------------
# aio serve: the same routes for any OpenAI client over HTTP. See docs/gateway-operations.md.
# Without a token here one is made, kept in the user's state folder, and shown once.
# ------------------------------------------------------------------------------------------------------------

gateway {
  listen = "127.0.0.1:8080" # ":8080" for all addresses, or "unix:/path"
  drain  = "30s"            # for requests under way after a signal to stop

  # token "app" {
  #   value   = env("AIO_CLIENT_TOKEN") # openssl rand -hex 24
  #   models  = ["fast", "groq/*"]      # default: all
  #   expires = "2030-01-31"
  # }
  # cors_origins = ["https://app.example"]
  # tls {
  #   cert = "server.crt"
  #   key  = "server.key"
  # }
  # admin { # default: a unix socket, which aio keys and aio plugins ask
  #   listen = "127.0.0.1:9090"
  # }
}
