# What the demo runs on. The variables are set by the demo itself.

auto = true

plugins {
  dir = env("DEMO_PLUGINS")
}

provider "groq" {
  priority = 20

  settings {
    base_url = env("DEMO_GROQ_URL")
  }

  key "one" {
    value    = env("DEMO_GROQ_KEY")
    priority = 2
  }
  key "two" {
    value    = env("DEMO_GROQ_KEY_2")
    priority = 1
  }

  model "gpt-oss" {
    id = "openai/gpt-oss-120b"
  }
}

provider "openrouter" {
  priority = 10

  settings {
    base_url = env("DEMO_OPENROUTER_URL")
  }

  key "main" {
    value = env("DEMO_OPENROUTER_KEY")
  }

  model "llama" {
    id = "meta-llama/llama-3.3-70b-instruct:free"
  }
}
