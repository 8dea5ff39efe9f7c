auto = true # a request that names no model means "auto": the best target that works

plugins {
  dir = "../../bin/plugins" # made by: make build
}

provider "groq" {
  priority = 20 # higher is tried first
  settings {
    base_url = env("GROQ_BASE_URL", "https://api.groq.com/openai/v1")
  }
  key "main" {
    value = env("GROQ_API_KEY")
  }
  model "openai/gpt-oss-120b" {
    priority = 20
    context  = 131072
    features = ["tools", "json_schema", "reasoning"]
  }
  model "openai/gpt-oss-20b" {
    priority = 10
    context  = 131072
    features = ["tools", "json_schema", "reasoning"]
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
  model "openrouter/free" {}
}
