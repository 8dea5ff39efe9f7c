auto = true

plugins {
  dir = "../../bin/plugins" # made by: make build
}

# Providers, their models and their keys are each tried by priority, higher first.

provider "groq" {
  priority = 20
  settings {
    base_url = env("GROQ_BASE_URL", "https://api.groq.com/openai/v1")
  }
  key "paid" {
    value    = env("GROQ_API_KEY")
    priority = 10
  }
  key "free" {
    value    = env("GROQ_API_KEY_2")
    priority = 1
  }
  model "large" {
    id       = "openai/gpt-oss-120b" # requests say groq/large
    priority = 10
  }
  model "small" {
    id       = "openai/gpt-oss-20b"
    priority = 1
  }
}

provider "openrouter" {
  priority = 10
  settings {
    base_url = env("OPENROUTER_BASE_URL", "https://openrouter.ai/api/v1")
  }
  key "main" {
    value = env("OPENROUTER_API_KEY")
  }
  model "free" {
    id = "openrouter/free"
  }
}

# A route has an order of its own.
route "cheap" {
  targets = ["openrouter/free", "groq/small"]
}
