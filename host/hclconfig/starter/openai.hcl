
# OpenAI, and every API made like it. Keys: https://platform.openai.com/api-keys
provider "openai" {
  key "first" {
    value = env("OPENAI_API_KEY")
  }
  key "second" {
    value = env("OPENAI_API_KEY_2")
  }

  # settings {
  #   base_url = "http://localhost:11434/v1" # a server of your own, here Ollama; it may need no key
  # }

  model "gpt-5.4-mini" {}
}
