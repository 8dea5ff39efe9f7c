plugins {
  dir = "../../bin/plugins" # made by: make build
}

provider "groq" {
  settings {
    base_url = env("GROQ_BASE_URL", "https://api.groq.com/openai/v1")
  }
  key "main" {
    value = env("GROQ_API_KEY") # https://console.groq.com/keys
  }
  model "openai/gpt-oss-20b" {}
}
