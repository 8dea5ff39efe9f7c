
# OpenRouter: many models behind one key. Keys: https://openrouter.ai/settings/keys
provider "openrouter" {
  priority = 10

  key "main" {
    value       = env("OPENROUTER_API_KEY")
    daily_limit = 50 # free models, 1000 after buying 10 credits; check your console
  }

  model "openrouter/free" {} # any free model that can do what is asked
}
