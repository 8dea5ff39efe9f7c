
# NVIDIA: for trying models out; its queues can be long. Keys: https://build.nvidia.com
provider "nvidia" {
  priority = 5

  key "first" {
    value = env("NVIDIA_API_KEY")
  }
  key "second" {
    value = env("NVIDIA_API_KEY_2")
  }
  key "third" {
    value = env("NVIDIA_API_KEY_3")
  }

  timeouts {
    first_token = "3m"
    unary       = "5m"
  }

  model "openai/gpt-oss-120b" {
    context = 131072
  }
}
